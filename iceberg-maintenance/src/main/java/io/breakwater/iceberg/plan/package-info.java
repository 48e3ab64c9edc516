/**
 * Pure planning: table metadata and Puffin footers in, immutable plans and numbers out. Nothing
 * here writes, and nothing here knows Spark.
 */
package io.breakwater.iceberg.plan;
