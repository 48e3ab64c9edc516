/**
 * Tables as OpenLineage's datasets, read without being waited for. Only the classes whose names
 * begin with {@code Iceberg} need Iceberg.
 */
package io.breakwater.lineage.dataset;
