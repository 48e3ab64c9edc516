package io.breakwater.lineage.procedure;

import io.openlineage.client.utils.UUIDUtils;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One call while and after it runs. Written by the capturing thread, read by the stage's: each fact
 * becomes known once.
 */
final class ProcedureRun {

  private final long rootExecutionId;
  private final Instant start;
  private final UUID runId = UUIDUtils.generateNewUUID();
  private final CompletableFuture<Optional<ProcedureCall>> call = new CompletableFuture<>();
  private volatile PlannedCall planned;
  private volatile CompletableFuture<TableReading> atStart =
      CompletableFuture.completedFuture(TableReading.nothing("not read", List.of()));
  private volatile CompletableFuture<TableReading> atEnd;
  private volatile Optional<CallResult> result = Optional.empty();
  private volatile boolean running = true;

  /**
   * A call that begins.
   *
   * @param rootExecutionId the SQL execution below which its own queries run
   */
  ProcedureRun(long rootExecutionId, Instant start) {
    this.rootExecutionId = rootExecutionId;
    this.start = start;
  }

  /**
   * Chosen here, so that children can name it before OpenLineage has built an event of the call.
   */
  String runId() {
    return runId.toString();
  }

  Instant start() {
    return start;
  }

  boolean isParentOf(long rootOfOther) {
    return running && rootOfOther == rootExecutionId;
  }

  /** Its plan is read; empty if it is no call of Iceberg. */
  void planned(Optional<PlannedCall> found, CompletableFuture<TableReading> reading) {
    planned = found.orElse(null);
    atStart = reading;
    call.complete(found.map(PlannedCall::call));
  }

  Optional<PlannedCall> planned() {
    return Optional.ofNullable(planned);
  }

  boolean isPlanned() {
    return call.isDone();
  }

  /** It has ended, and no live object of Spark is needed any more. */
  void ended(Optional<CallResult> returned, CompletableFuture<TableReading> reading) {
    result = returned;
    atEnd = reading;
    running = false;
    planned = null;
  }

  /**
   * What was called; empty if it is no call of Iceberg. A call that was over before its plan could
   * be read is known only when its end is heard of: that is waited for, because it is behind.
   */
  Optional<ProcedureCall> call(long timeoutMillis) {
    try {
      return call.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  TableReading atStart() {
    return atStart.join();
  }

  /** Empty while it runs. */
  Optional<TableReading> atEnd() {
    return Optional.ofNullable(atEnd).map(CompletableFuture::join);
  }

  Optional<CallResult> result() {
    return result;
  }
}
