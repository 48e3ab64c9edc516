package io.breakwater.iceberg.verify;

/**
 * One finding, or all of them in numbers; a null does not exist in that scope.
 *
 * @param scope "finding" or "table"
 * @param severity the {@link Severity}; of the table the worst, or "OK"
 * @param code the {@link Code}
 * @param dataFile the data file that it concerns
 * @param path the Puffin, delete or manifest file
 * @param contentOffset where the blob begins
 * @param problem the values that contradict each other
 * @param remedy what to do
 * @param repairable whether a call with {@code repair} does it
 * @param repaired whether this call did
 * @param vectors deletion vectors checked, only of the table
 * @param deleteFiles position and equality delete files checked, only of the table
 * @param checkedBytes bytes of blobs checked, only of the table
 * @param errors findings of that severity, only of the table
 * @param warnings findings of that severity, only of the table
 * @param snapshotId the snapshot that was checked
 * @param repairSnapshotId the snapshot of the repair, if there was one
 */
public record VerifyRow(
    String scope,
    String severity,
    String code,
    String dataFile,
    String path,
    Long contentOffset,
    String problem,
    String remedy,
    boolean repairable,
    boolean repaired,
    Long vectors,
    Long deleteFiles,
    Long checkedBytes,
    Long errors,
    Long warnings,
    Long snapshotId,
    Long repairSnapshotId) {}
