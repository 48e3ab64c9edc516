package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.plan.Budget;

/** One kind of work that may be due. */
interface Step {

  /**
   * What there is to do.
   *
   * @param due whether there is anything
   * @param bytes what would be read to be written again, as far as metadata can tell
   * @param reason the numbers behind it
   */
  record Plan(boolean due, long bytes, String reason) {}

  /**
   * What was done.
   *
   * @param begun whether anything was
   * @param complete whether nothing was left for want of budget
   * @param rewrittenBytes sizes of the files that were replaced
   * @param addedBytes sizes of the new files
   * @param snapshotId the snapshot of the last commit, null if there was none
   * @param reason the numbers behind it
   */
  record Done(
      boolean begun,
      boolean complete,
      long rewrittenBytes,
      long addedBytes,
      Long snapshotId,
      String reason) {}

  /** The procedure that does this work alone, ours or Iceberg's. */
  String action();

  /** Looks at the newest snapshot; writes nothing. */
  Plan plan();

  /** Plans anew and does what {@code budget} has. */
  Done run(Budget budget);
}
