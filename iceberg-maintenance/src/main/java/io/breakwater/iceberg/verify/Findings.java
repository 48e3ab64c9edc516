package io.breakwater.iceberg.verify;

import java.util.List;

/**
 * The result of a check.
 *
 * @param snapshotId the snapshot that was checked, null for a table without one
 * @param listed the findings, errors first, as many as may be returned
 * @param errors how many errors there are
 * @param warnings how many warnings there are
 * @param vectors deletion vectors checked
 * @param deleteFiles position and equality delete files checked
 * @param bytes bytes of blobs checked
 * @param complete whether every manifest could be read
 */
record Findings(
    Long snapshotId,
    List<Finding> listed,
    long errors,
    long warnings,
    long vectors,
    long deleteFiles,
    long bytes,
    boolean complete) {

  static Findings nothing(Long snapshotId) {
    return new Findings(snapshotId, List.of(), 0, 0, 0, 0, 0, true);
  }
}
