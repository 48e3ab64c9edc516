/**
 * Structured streaming as runs: one for each start of a query, and children for as many of its
 * micro-batches as one wants. Only the classes whose names begin with {@code Iceberg} need Iceberg.
 */
package io.breakwater.lineage.streaming;
