package io.breakwater.iceberg.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;

/** Makes the rows of a conversion. */
final class ConvertRows {
  private static final String SKIPPED = "skipped";

  private ConvertRows() {}

  static ConvertRow planned(ConvertPlan plan, ConvertGroup group) {
    return row(plan, group, "planned", null, null, null, null, null, null, null);
  }

  static ConvertRow converted(
      ConvertPlan plan,
      ConvertGroup group,
      List<DeleteFile> vectors,
      Long snapshotId,
      int attempt) {
    List<DeleteFile> replaced = group.replacedVectors(vectors);
    return row(
        plan,
        group,
        "converted",
        (long) vectors.size(),
        (long) replaced.size(),
        vectors.stream().map(DeleteFile::location).distinct().count(),
        puffinBytes(vectors),
        rows(vectors) - rows(replaced),
        snapshotId,
        attempt);
  }

  static ConvertRow skipped(ConvertPlan plan, ConvertGroup group) {
    return row(plan, group, SKIPPED, null, null, null, null, null, null, null);
  }

  /** Others removed what was to be converted. */
  static ConvertRow overtaken(ConvertPlan plan, int attempt) {
    return new ConvertRow(
        "group",
        "nothing to do",
        0,
        0,
        0,
        0,
        0,
        0,
        0L,
        0L,
        0L,
        0L,
        0L,
        null,
        startingSnapshotId(plan),
        null,
        attempt,
        "a concurrent commit removed the delete files of the plan");
  }

  static List<ConvertRow> withTable(List<ConvertRow> groups, ConvertPlan first) {
    List<ConvertRow> rows = new ArrayList<>(groups);
    rows.add(table(groups, first));
    return List.copyOf(rows);
  }

  private static ConvertRow row(
      ConvertPlan plan,
      ConvertGroup group,
      String status,
      Long addedVectors,
      Long replacedVectors,
      Long addedPuffins,
      Long addedBytes,
      Long deletedRows,
      Long snapshotId,
      Integer attempts) {
    return new ConvertRow(
        "group",
        status,
        group.equalityDeletes().size(),
        group.equalityDeleteRows(),
        group.coveredPositionDeletes().size(),
        group.partitions(),
        group.candidates().size(),
        group.dataBytes(),
        addedVectors,
        replacedVectors,
        addedPuffins,
        addedBytes,
        deletedRows,
        null,
        startingSnapshotId(plan),
        snapshotId,
        attempts,
        status.equals(SKIPPED)
            ? "the budget of this call does not have it"
            : group.candidates().isEmpty()
                ? "the delete files apply to no data file any more"
                : "these delete files may delete rows of the same data files, or are packed together");
  }

  private static ConvertRow table(List<ConvertRow> all, ConvertPlan plan) {
    List<ConvertRow> groups =
        all.stream().filter(group -> !group.status().equals(SKIPPED)).toList();
    String status = all.isEmpty() ? "nothing to do" : all.get(all.size() - 1).status();
    for (ConvertRow group : groups) {
      status = group.status().equals("converted") ? "converted" : status;
    }
    Long snapshotId = null;
    for (ConvertRow group : groups) {
      snapshotId = group.snapshotId() == null ? snapshotId : group.snapshotId();
    }
    Integer attempts =
        groups.stream()
            .map(ConvertRow::attempts)
            .filter(Objects::nonNull)
            .reduce(Integer::sum)
            .orElse(null);
    return new ConvertRow(
        "table",
        status,
        sum(groups, ConvertRow::equalityDeleteFiles, 0L),
        sum(groups, ConvertRow::equalityDeleteRows, 0L),
        sum(groups, ConvertRow::positionDeleteFiles, 0L),
        sum(groups, ConvertRow::partitions, 0L),
        sum(groups, ConvertRow::dataFiles, 0L),
        sum(groups, ConvertRow::dataBytes, 0L),
        sum(groups, ConvertRow::addedVectors, null),
        sum(groups, ConvertRow::replacedVectors, null),
        sum(groups, ConvertRow::addedPuffins, null),
        sum(groups, ConvertRow::addedBytes, null),
        sum(groups, ConvertRow::deletedRows, null),
        (long) plan.skippedEqualityDeletes(),
        startingSnapshotId(plan),
        snapshotId,
        attempts,
        reason(all, plan));
  }

  private static String reason(List<ConvertRow> groups, ConvertPlan plan) {
    if (plan.skippedEqualityDeletes() > 0) {
      return "%d equality delete files stay: their partitions do not match, or they hold for the whole"
              .formatted(plan.skippedEqualityDeletes())
          + " table, which a where never covers";
    }
    return groups.isEmpty() ? "there are no equality delete files" : "all equality delete files";
  }

  private static Long startingSnapshotId(ConvertPlan plan) {
    Snapshot snapshot = plan.snapshot();
    return snapshot == null ? null : snapshot.snapshotId();
  }

  private static long rows(List<DeleteFile> vectors) {
    return vectors.stream().mapToLong(DeleteFile::recordCount).sum();
  }

  private static Long sum(List<ConvertRow> rows, Function<ConvertRow, Long> value, Long none) {
    return rows.stream().map(value).filter(Objects::nonNull).reduce(Long::sum).orElse(none);
  }

  private static long puffinBytes(List<DeleteFile> vectors) {
    Map<String, Long> sizes = new HashMap<>();
    vectors.forEach(vector -> sizes.put(vector.location(), vector.fileSizeInBytes()));
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }
}
