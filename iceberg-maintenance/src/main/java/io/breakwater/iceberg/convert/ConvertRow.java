package io.breakwater.iceberg.convert;

/**
 * What a conversion did, or would do, in one commit or in all.
 *
 * @param scope "group" (one commit) or "table" (all, the last row)
 * @param status "converted", "planned", "skipped" or "nothing to do"
 * @param equalityDeleteFiles equality delete files that leave the table
 * @param equalityDeleteRows rows in them
 * @param positionDeleteFiles version 2 position delete files that leave the table
 * @param partitions partitions with a data file that they may apply to
 * @param dataFiles those data files
 * @param dataBytes their sizes
 * @param addedVectors new deletion vectors, null if only planned
 * @param replacedVectors old ones that they include and replace, null if only planned
 * @param addedPuffins new Puffin files, null if only planned
 * @param addedBytes their sizes, null if only planned
 * @param deletedRows rows that the new vectors delete and the old did not, null if only planned
 * @param skippedEqualityDeleteFiles equality delete files that stay because of {@code where}, only
 *     of the table
 * @param startingSnapshotId the snapshot that was planned for
 * @param snapshotId the snapshot of the commit; of the table the last
 * @param attempts 1 and one more for each conflict; of the table the sum
 * @param reason why, for people
 */
public record ConvertRow(
    String scope,
    String status,
    long equalityDeleteFiles,
    long equalityDeleteRows,
    long positionDeleteFiles,
    long partitions,
    long dataFiles,
    long dataBytes,
    Long addedVectors,
    Long replacedVectors,
    Long addedPuffins,
    Long addedBytes,
    Long deletedRows,
    Long skippedEqualityDeleteFiles,
    Long startingSnapshotId,
    Long snapshotId,
    Integer attempts,
    String reason) {}
