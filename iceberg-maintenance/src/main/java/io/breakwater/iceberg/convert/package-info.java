/**
 * Turns equality deletes and version 2 position deletes into deletion vectors: plans on the driver
 * from manifests, finds the deleted positions with a Spark join, writes Puffin files in executors
 * and commits group by group.
 */
package io.breakwater.iceberg.convert;
