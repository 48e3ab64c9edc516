package io.breakwater.iceberg.convert;

import java.util.Set;

/**
 * Equality deletes that are matched by one join.
 *
 * @param fieldIds the columns whose values are compared
 * @param global whether they hold for the whole table, not only in their partition
 */
record KeyColumns(Set<Integer> fieldIds, boolean global) {}
