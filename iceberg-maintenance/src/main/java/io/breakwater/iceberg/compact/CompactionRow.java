package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.compact.CompactionPlan.Left;
import io.breakwater.iceberg.compact.GroupRuns.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * What was done to, or planned for, one file group or all files that stay for one reason; or the
 * sum. A null does not exist in that scope.
 *
 * @param scope "group", "left" or "table"
 * @param status "planned", "committed", "conflict", "skipped", "left" or "nothing to do"
 * @param action "drop", "rewrite", "repack" or "leave"; null of the table
 * @param partition where the files of a group are
 * @param specId the partition spec of the partition
 * @param files data files that left, or stay
 * @param addedFiles new data files; null if only planned
 * @param bytes sizes of the files that left, or stay
 * @param addedBytes sizes of the new files, an estimate if only planned
 * @param deleteFiles deletion vectors and file-scoped position deletes that left with the files
 * @param deletedRows rows that they delete
 * @param cost what the rewrite costs by the prices
 * @param gain what it saves by the prices
 * @param startingSnapshotId the snapshot that was planned for
 * @param snapshotId the snapshot of the commit
 * @param attempts how often the group was planned, most of all in the table's row
 * @param reason why
 */
public record CompactionRow(
    String scope,
    String status,
    String action,
    String partition,
    Integer specId,
    long files,
    Long addedFiles,
    long bytes,
    Long addedBytes,
    Long deleteFiles,
    long deletedRows,
    Double cost,
    Double gain,
    Long startingSnapshotId,
    Long snapshotId,
    Integer attempts,
    String reason) {

  static CompactionRow planned(FileGroup group, CompactionPlan plan) {
    return group(group, "planned", null, group.liveBytes(), plan, null, 1, group.reason());
  }

  static CompactionRow skipped(FileGroup group, CompactionPlan plan, int attempt) {
    return group(
        group, "skipped", 0L, 0, plan, null, attempt, "the budget of this call does not have it");
  }

  static CompactionRow of(Outcome outcome, CompactionPlan plan, int attempt) {
    return group(
        outcome.group(),
        outcome.committed() ? "committed" : "conflict",
        (long) outcome.added().size(),
        outcome.addedBytes(),
        plan,
        outcome.snapshotId(),
        attempt,
        outcome.committed() ? outcome.group().reason() : outcome.conflict().getMessage());
  }

  static CompactionRow left(String reason, Left left, CompactionPlan plan) {
    return new CompactionRow(
        "left",
        "left",
        Action.LEAVE.label(),
        null,
        null,
        left.files(),
        null,
        left.bytes(),
        null,
        null,
        left.deletedRows(),
        null,
        null,
        plan.snapshotId(),
        null,
        null,
        reason);
  }

  /**
   * The sum of the groups with status {@code done}.
   *
   * @param groups the rows of all groups
   */
  static CompactionRow table(List<CompactionRow> groups, CompactionPlan plan, String done) {
    List<CompactionRow> counted = groups.stream().filter(row -> row.status().equals(done)).toList();
    boolean written = done.equals("committed");
    long conflicts = groups.stream().filter(row -> row.status().equals("conflict")).count();
    return new CompactionRow(
        "table",
        counted.isEmpty() ? "nothing to do" : done,
        null,
        null,
        null,
        sum(counted, CompactionRow::files),
        written ? (Long) sum(counted, CompactionRow::addedFiles) : null,
        sum(counted, CompactionRow::bytes),
        sum(counted, CompactionRow::addedBytes),
        sum(counted, CompactionRow::deleteFiles),
        sum(counted, CompactionRow::deletedRows),
        counted.stream().mapToDouble(CompactionRow::cost).sum(),
        counted.stream().mapToDouble(CompactionRow::gain).sum(),
        plan.snapshotId(),
        counted.stream()
            .map(CompactionRow::snapshotId)
            .filter(Objects::nonNull)
            .reduce(null, (before, id) -> id),
        groups.stream().mapToInt(CompactionRow::attempts).max().orElse(1),
        "%d file groups, %d met a concurrent commit".formatted(counted.size(), conflicts));
  }

  private static long sum(List<CompactionRow> rows, ToLongFunction<CompactionRow> number) {
    return rows.stream().mapToLong(number).sum();
  }

  private static CompactionRow group(
      FileGroup group,
      String status,
      Long addedFiles,
      long addedBytes,
      CompactionPlan plan,
      Long snapshotId,
      int attempt,
      String reason) {
    return new CompactionRow(
        "group",
        status,
        group.action().label(),
        group.partition() == null ? null : group.partition().path(),
        group.partition() == null ? null : group.partition().specId(),
        group.files().size(),
        addedFiles,
        group.bytes(),
        addedBytes,
        group.deleteFiles(),
        group.deletedRows(),
        group.cost(),
        group.gain(),
        plan.snapshotId(),
        snapshotId,
        attempt,
        reason);
  }
}
