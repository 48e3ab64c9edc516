package io.breakwater.iceberg.maintain;

/**
 * What one step would do, or did.
 *
 * @param phase "plan" or "run"
 * @param step its number, from 1
 * @param action the procedure that does the same alone
 * @param status "planned" or "nothing to do" of the plan; "done", "partly done", "skipped",
 *     "conflict" or "nothing to do" of the run
 * @param plannedBytes bytes to be read and written again; null of the run
 * @param rewrittenBytes sizes of the replaced files; null of the plan
 * @param addedBytes sizes of the new files; null of the plan
 * @param snapshotId the snapshot of the last commit, if there was one
 * @param milliseconds how long it took; null of the plan
 * @param reason the numbers behind it
 */
public record MaintenanceRow(
    String phase,
    int step,
    String action,
    String status,
    Long plannedBytes,
    Long rewrittenBytes,
    Long addedBytes,
    Long snapshotId,
    Long milliseconds,
    String reason) {

  static MaintenanceRow planned(int number, Step step, Step.Plan plan) {
    return new MaintenanceRow(
        "plan",
        number,
        step.action(),
        plan.due() ? "planned" : "nothing to do",
        plan.bytes(),
        null,
        null,
        null,
        null,
        plan.reason());
  }

  static MaintenanceRow done(int number, Step step, Step.Done done, long milliseconds) {
    String status =
        done.begun()
            ? done.complete() ? "done" : "partly done"
            : done.complete() ? "nothing to do" : "skipped";
    return new MaintenanceRow(
        "run",
        number,
        step.action(),
        status,
        null,
        done.rewrittenBytes(),
        done.addedBytes(),
        done.snapshotId(),
        milliseconds,
        done.complete() ? done.reason() : done.reason() + "; the rest is over the budget");
  }

  static MaintenanceRow conflict(int number, Step step, long milliseconds, String reason) {
    return new MaintenanceRow(
        "run", number, step.action(), "conflict", null, 0L, 0L, null, milliseconds, reason);
  }
}
