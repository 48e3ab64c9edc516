package io.breakwater.iceberg.convert;

/**
 * What one step of an upgrade did, or would do; a null does not exist in that step.
 *
 * @param step "format version", "deletes" or "verification"
 * @param status "done", "planned" or "nothing to do"
 * @param formatVersionBefore of the table
 * @param formatVersionAfter of the table
 * @param positionDeleteFiles version 2 position delete files that leave the table
 * @param equalityDeleteFiles equality delete files that leave the table
 * @param addedVectors new deletion vectors, null if only planned
 * @param rowsBefore rows that a query finds before
 * @param rowsAfter rows that a query finds after
 * @param startingSnapshotId the snapshot before
 * @param snapshotId the snapshot of the last commit, null if there was none
 * @param reason why, for people
 */
public record UpgradeRow(
    String step,
    String status,
    Integer formatVersionBefore,
    Integer formatVersionAfter,
    Long positionDeleteFiles,
    Long equalityDeleteFiles,
    Long addedVectors,
    Long rowsBefore,
    Long rowsAfter,
    Long startingSnapshotId,
    Long snapshotId,
    String reason) {

  static UpgradeRow ofFormat(String status, int before, int after, String reason) {
    return new UpgradeRow(
        "format version", status, before, after, null, null, null, null, null, null, null, reason);
  }

  static UpgradeRow ofDeletes(ConvertRow table) {
    return new UpgradeRow(
        "deletes",
        table.status().equals("converted") ? "done" : table.status(),
        null,
        null,
        table.positionDeleteFiles(),
        table.equalityDeleteFiles(),
        table.addedVectors(),
        null,
        null,
        table.startingSnapshotId(),
        table.snapshotId(),
        table.status().equals("nothing to do")
            ? "no delete file to convert is left"
            : "every position delete file, partition-scoped ones too");
  }

  static UpgradeRow ofVerification(
      String status, Long before, Long after, Long start, Long end, String reason) {
    return new UpgradeRow(
        "verification", status, null, null, null, null, null, before, after, start, end, reason);
  }
}
