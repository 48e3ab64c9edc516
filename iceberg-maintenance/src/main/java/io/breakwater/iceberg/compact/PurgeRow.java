package io.breakwater.iceberg.compact;

/**
 * One line of the proof.
 *
 * @param scope "file", "snapshot", "reference", "proof" or "table"
 * @param status what became of it, see the procedure's columns
 * @param name the path of a file, the name of a branch or tag
 * @param snapshotId the snapshot that the row is about, or of the commit that removed the file
 * @param matchingRows deleted rows that match
 * @param files data files: removed, or reachable in a proof
 * @param reason the rest, for people
 */
public record PurgeRow(
    String scope,
    String status,
    String name,
    Long snapshotId,
    Long matchingRows,
    Long files,
    String reason) {

  static PurgeRow file(String status, String path, Long snapshotId, long rows, String reason) {
    return new PurgeRow("file", status, path, snapshotId, rows, 1L, reason);
  }

  static PurgeRow snapshot(String status, long snapshotId) {
    return new PurgeRow(
        "snapshot", status, null, snapshotId, null, null, "it has a file with matching rows");
  }
}
