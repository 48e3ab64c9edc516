package io.breakwater.lineage.streaming;

import io.breakwater.lineage.dataset.TimedReads;
import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.events.SparkEventReader;
import io.breakwater.lineage.streaming.MicroBatch.Role;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.execution.streaming.Sink;
import org.apache.spark.sql.execution.streaming.StreamExecution;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.apache.spark.sql.streaming.StreamingQueryListener.QueryStartedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Reads the plans of streaming queries when they start, and finds out which SQL executions are
 * parts of which micro-batch. Safe for use by many threads.
 */
public final class StreamReader implements SparkEventReader {

  private static final Logger LOG = LoggerFactory.getLogger(StreamReader.class);

  /** The end of the description that Spark gives to the jobs of a micro-batch. */
  private static final Pattern BATCH =
      Pattern.compile(
          "runId = ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\\s|<br/>)+batch = (\\d+)$");

  /** The sinks of the newer API are written to inside this node. */
  private static final String NEWER_SINK = "WriteToDataSourceV2";

  private static final Duration AT_THE_END = Duration.ofMillis(300);
  private static final int MAX_CAUSES = 100;
  private static final int MAX_QUERIES = 1_000;
  private static final int MAX_EXECUTIONS = 10_000;

  private record Execution(MicroBatch batch, boolean newerSink) {}

  private final ProblemLog problems = new ProblemLog(LOG);
  private final StreamPlan plan = new StreamPlan();
  private final TimedReads<StreamDatasets> reads;
  private final Map<UUID, StreamFacts> queries = bounded(MAX_QUERIES);
  private final Map<Long, Execution> executions = bounded(MAX_EXECUTIONS);

  /**
   * A reader of streaming queries.
   *
   * @param readTimeout how long the first event of a query waits for the names of its datasets
   */
  public StreamReader(Duration readTimeout) {
    this.reads = new TimedReads<>(readTimeout);
  }

  private static <K, V> Map<K, V> bounded(int max) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
      }
    };
  }

  @Override
  public void read(SparkListenerEvent event) {
    if (event instanceof QueryStartedEvent start) {
      StreamFacts facts = facts(start);
      synchronized (queries) {
        queries.put(start.runId(), facts);
      }
    } else if (event instanceof SparkListenerSQLExecutionStart start) {
      execution(start);
    } else if (event instanceof SparkListenerApplicationEnd) {
      reads.hurry(AT_THE_END);
    }
  }

  private StreamFacts facts(QueryStartedEvent event) {
    try {
      Optional<StreamExecution> found = find(event);
      return found
          .map(
              query ->
                  new StreamFacts(
                      query.resolvedCheckpointRoot(),
                      String.valueOf(query.outputMode()),
                      String.valueOf(query.trigger()),
                      name(query.sink()),
                      reads.begin(plan.datasets(query), reason -> StreamDatasets.NONE)))
          .orElseGet(StreamFacts::unknown);
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot read the plan of a streaming query; its lineage lacks datasets", e);
      return StreamFacts.unknown();
    }
  }

  /** Sinks of the older API are tables only by type, and throw when asked for a name. */
  private static String name(Table sink) {
    return sink instanceof Sink ? sink.toString() : sink.name();
  }

  /** The one place that has the queries of all sessions. */
  private static Optional<StreamExecution> find(QueryStartedEvent event) {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    return session.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(session.get().sharedState().activeStreamingQueries().get(event.id()))
            .filter(query -> query.runId().equals(event.runId()));
  }

  private void execution(SparkListenerSQLExecutionStart event) {
    long id = event.executionId();
    Option<Object> rootId = event.rootExecutionId();
    long root = rootId.isDefined() ? (Long) rootId.get() : id;
    synchronized (executions) {
      Execution outer = executions.get(root);
      Matcher description = BATCH.matcher(event.description());
      if (root != id && outer != null) {
        Role role = outer.newerSink() ? Role.SAME : Role.INNER;
        MicroBatch batch = outer.batch();
        executions.put(
            id, new Execution(new MicroBatch(batch.runId(), batch.batchId(), role), false));
      } else if (root == id && description.find()) {
        UUID runId = UUID.fromString(description.group(1));
        if (query(runId).isPresent()) {
          executions.put(
              id,
              new Execution(
                  new MicroBatch(runId, Long.parseLong(description.group(2)), Role.WHOLE),
                  event.sparkPlanInfo().nodeName().equals(NEWER_SINK)));
        }
      }
    }
  }

  /**
   * Whether {@code event} is the end of a micro-batch that was under way when its query was
   * stopped: its thread is interrupted and its jobs are cancelled.
   */
  public boolean isStopped(SparkListenerSQLExecutionEnd event) {
    Option<Throwable> failure = event.executionFailure();
    return failure != null
        && failure.isDefined()
        && batch(event.executionId())
            .filter(batch -> stops(failure.get(), batch.runId().toString()))
            .isPresent();
  }

  /** Spark's own check of this needs the thread of the query. */
  private static boolean stops(Throwable failure, String jobGroup) {
    int depth = 0;
    for (Throwable cause = failure;
        cause != null && depth < MAX_CAUSES;
        cause = cause.getCause(), depth++) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof InterruptedException
          || cause instanceof InterruptedIOException
          || cause instanceof ClosedByInterruptException
          || (cause instanceof SparkException
              && message.contains("cancelled")
              && message.contains(jobGroup))) {
        return true;
      }
    }
    return false;
  }

  /** What is known of a query that has started. */
  Optional<StreamFacts> query(UUID runId) {
    synchronized (queries) {
      return Optional.ofNullable(queries.get(runId));
    }
  }

  /** Whether this SQL execution has to do with a streaming query. */
  public boolean isPartOfStream(long executionId) {
    return batch(executionId).isPresent();
  }

  /** What a SQL execution is to a streaming query; empty if it has to do with none. */
  Optional<MicroBatch> batch(long executionId) {
    synchronized (executions) {
      return Optional.ofNullable(executions.get(executionId)).map(Execution::batch);
    }
  }
}
