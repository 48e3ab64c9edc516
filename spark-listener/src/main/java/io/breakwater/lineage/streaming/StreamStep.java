package io.breakwater.lineage.streaming;

import io.breakwater.lineage.dataset.DatasetNames;
import io.breakwater.lineage.events.EventStep;
import io.breakwater.lineage.events.RunExecutions;
import io.breakwater.lineage.streaming.MicroBatch.Role;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.apache.spark.sql.streaming.StreamingQueryListener.QueryProgressEvent;
import org.apache.spark.sql.streaming.StreamingQueryListener.QueryStartedEvent;
import org.apache.spark.sql.streaming.StreamingQueryListener.QueryTerminatedEvent;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/**
 * Tells of streaming queries instead of their single SQL executions.
 *
 * <p>A start of a query is a run, whose id is Spark's. Every nth micro-batch is a child of it.
 * OpenLineage's events of micro-batches are withheld: they come twice for one micro-batch or not at
 * all, without datasets. Those of the queries inside a {@code foreachBatch} become children of
 * their micro-batch if that is a run, and are withheld if not; what they write is an output of the
 * streaming query in either case.
 */
public final class StreamStep implements EventStep {

  private static final int MAX_RUNS = 10_000;

  private final StreamReader reader;
  private final StreamingOptions options;
  private final DatasetNames names;
  private final Map<UUID, StreamRun> queries = new LinkedHashMap<>();

  private final RunExecutions executions = new RunExecutions();
  private final Map<String, Boolean> adopted = bounded();

  private ObjectNode application;

  /** A step for the queries that {@code reader} has read. */
  public StreamStep(StreamReader reader, StreamingOptions options, DatasetNames names) {
    this.reader = reader;
    this.options = options;
    this.names = names;
  }

  private static <V> Map<String, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MAX_RUNS;
      }
    };
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (!event.path("run").has("runId")) {
      next.accept(event);
      return;
    }
    if (cause instanceof SparkListenerApplicationStart) {
      application = event.deepCopy();
    } else if (cause instanceof SparkListenerApplicationEnd end) {
      endAll(Instant.ofEpochMilli(end.time()), next);
    }
    String runId = event.path("run").path("runId").asText();
    Optional<MicroBatch> batch = executions.of(runId, cause).flatMap(reader::batch);
    if (batch.isEmpty() || passes(batch.get(), runId, event)) {
      next.accept(event);
    }
  }

  /** What has been passed on once goes on, also when the query or the micro-batch is over first. */
  private boolean passes(MicroBatch batch, String runId, ObjectNode event) {
    StreamRun query = queries.get(batch.runId());
    boolean grandchild = adopted.containsKey(event.at("/run/facets/parent/run/runId").asText());
    boolean taken =
        (query != null && batch.role() == Role.INNER && query.adopt(event, grandchild))
            || adopted.containsKey(runId);
    if (taken) {
      adopted.put(runId, true);
    }
    return taken;
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    if (event instanceof QueryStartedEvent start) {
      started(start, next);
    } else if (event instanceof SparkListenerSQLExecutionStart start) {
      whole(start.executionId())
          .ifPresent(
              batch ->
                  queries
                      .get(batch.runId())
                      .batchStarted(batch.batchId(), Instant.ofEpochMilli(start.time()), options)
                      .ifPresent(next));
    } else if (event instanceof SparkListenerSQLExecutionEnd end) {
      whole(end.executionId())
          .ifPresent(batch -> batchEnded(queries.get(batch.runId()), end, next));
    } else if (event instanceof QueryProgressEvent progress) {
      progressed(progress.progress(), next);
    } else if (event instanceof QueryTerminatedEvent end) {
      terminated(end, next);
    } else if (event instanceof SparkListenerApplicationEnd end) {
      endAll(Instant.ofEpochMilli(end.time()), next);
    }
  }

  private Optional<MicroBatch> whole(long executionId) {
    return reader
        .batch(executionId)
        .filter(batch -> batch.role() == Role.WHOLE && queries.containsKey(batch.runId()));
  }

  private void started(QueryStartedEvent event, Consumer<ObjectNode> next) {
    if (application == null) {
      return;
    }
    StreamRun query =
        new StreamRun(
            application, event, reader.query(event.runId()).orElseGet(StreamFacts::unknown), names);
    queries.put(event.runId(), query);
    next.accept(query.start());
  }

  /** A micro-batch that went well ends when Spark reports its numbers, right afterwards. */
  private void batchEnded(
      StreamRun query, SparkListenerSQLExecutionEnd event, Consumer<ObjectNode> next) {
    String message = event.errorMessage().isDefined() ? event.errorMessage().get() : "";
    if (message.isEmpty()) {
      return;
    }
    boolean stopped = reader.isStopped(event);
    query
        .batchEnded(
            stopped ? "ABORT" : "FAIL",
            Instant.ofEpochMilli(event.time()),
            stopped ? Optional.empty() : Optional.of(message))
        .ifPresent(next);
  }

  private void progressed(StreamingQueryProgress progress, Consumer<ObjectNode> next) {
    StreamRun query = queries.get(progress.runId());
    if (query == null) {
      return;
    }
    Instant time = Instant.parse(progress.timestamp()).plusMillis(millis(progress));
    query.batchReported(progress, time).ifPresent(next);
    query.progressed(progress, time, options).ifPresent(next);
  }

  private static long millis(StreamingQueryProgress progress) {
    Long millis = progress.durationMs().get("triggerExecution");
    return millis == null ? 0 : millis;
  }

  private void terminated(QueryTerminatedEvent event, Consumer<ObjectNode> next) {
    StreamRun query = queries.remove(event.runId());
    if (query == null) {
      return;
    }
    Instant now = Instant.now();
    Optional<String> failure = Optional.ofNullable(event.exception().getOrElse(() -> null));
    query.batchEnded("ABORT", now, Optional.empty()).ifPresent(next);
    next.accept(query.ended(failure.isPresent() ? "FAIL" : "COMPLETE", now, failure));
  }

  /** Spark does not say that a query has ended if the application ends with it. */
  private void endAll(Instant time, Consumer<ObjectNode> next) {
    queries
        .values()
        .forEach(
            query -> {
              query.batchEnded("ABORT", time, Optional.empty()).ifPresent(next);
              next.accept(query.ended("ABORT", time, Optional.empty()));
            });
    queries.clear();
  }

  @Override
  public void finish(Consumer<ObjectNode> next) {
    endAll(Instant.now(), next);
  }
}
