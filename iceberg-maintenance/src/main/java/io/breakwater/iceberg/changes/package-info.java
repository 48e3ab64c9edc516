/**
 * The change feed: which rows the commits between two snapshots inserted, updated and deleted,
 * found from row lineage and from the differences of deletion vectors.
 */
package io.breakwater.iceberg.changes;
