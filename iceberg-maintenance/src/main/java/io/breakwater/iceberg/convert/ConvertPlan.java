package io.breakwater.iceberg.convert;

import java.util.List;
import org.apache.iceberg.Snapshot;

/**
 * What to convert, group by group.
 *
 * @param snapshot the snapshot that was planned for, null for a table without one
 * @param groups independent of each other: no data file and no delete file is in two of them
 * @param skippedEqualityDeletes equality delete files that {@code where} leaves out
 * @param scopes the numbers of the partitions
 */
record ConvertPlan(
    Snapshot snapshot, List<ConvertGroup> groups, int skippedEqualityDeletes, Scopes scopes) {}
