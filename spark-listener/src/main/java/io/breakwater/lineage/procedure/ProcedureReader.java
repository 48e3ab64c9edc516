package io.breakwater.lineage.procedure;

import io.breakwater.lineage.dataset.TimedReads;
import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.events.SparkEventReader;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Finds the calls of Iceberg procedures among Spark's SQL executions, and the executions that run
 * inside them. Reads plans on the capturing thread and tables on a thread of its own. Safe for use
 * by many threads.
 */
public final class ProcedureReader implements SparkEventReader {

  private static final Logger LOG = LoggerFactory.getLogger(ProcedureReader.class);

  /** The name of {@code CallExec} in a plan. */
  private static final String CALL = "Call";

  private static final String ICEBERG_EVENTS = "org.apache.iceberg.events.Listeners";
  private static final Duration AT_THE_END = Duration.ofMillis(300);
  private static final int MAX_RUNS = 256;
  private static final int MAX_CHILDREN = 10_000;

  private final ProblemLog problems = new ProblemLog(LOG);
  private final TimedReads<TableReading> reads;
  private final Map<Long, ProcedureRun> runs = bounded(MAX_RUNS);
  private final Map<Long, ProcedureRun> parents = bounded(MAX_CHILDREN);

  /**
   * A reader of calls.
   *
   * @param readTimeout how long an event of a call waits for what is read from its table
   */
  public ProcedureReader(Duration readTimeout) {
    this.reads = new TimedReads<>(readTimeout);
    listenToCommits();
  }

  private static <V> Map<Long, V> bounded(int max) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
        return size() > max;
      }
    };
  }

  /** Before the first call, so that none of its commits is missed. Without Iceberg, nothing. */
  private void listenToCommits() {
    try {
      Class.forName(ICEBERG_EVENTS, false, ProcedureReader.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      LOG.debug("There is no Iceberg on the class path", e);
      return;
    }
    try {
      IcebergCommits.get();
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot listen to Iceberg's commits; lineage of calls lacks them", e);
    }
  }

  @Override
  public void read(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionStart start) {
      started(start);
    } else if (event instanceof SparkListenerSQLExecutionEnd end) {
      run(end.executionId()).ifPresent(run -> ended(run, end));
    } else if (event instanceof SparkListenerApplicationEnd) {
      reads.hurry(AT_THE_END);
    }
  }

  private void started(SparkListenerSQLExecutionStart event) {
    long id = event.executionId();
    Option<Object> rootId = event.rootExecutionId();
    long root = rootId.isDefined() ? (Long) rootId.get() : id;
    if (event.sparkPlanInfo().nodeName().equals(CALL)) {
      ProcedureRun run = new ProcedureRun(root, Instant.ofEpochMilli(event.time()));
      synchronized (runs) {
        runs.put(id, run);
      }
      QueryExecution execution = SQLExecution.getQueryExecution(id);
      if (execution != null) {
        plan(run, execution);
      }
    } else {
      parentOf(root)
          .ifPresent(
              parent -> {
                synchronized (parents) {
                  parents.put(id, parent);
                }
              });
    }
  }

  private Optional<ProcedureRun> parentOf(long root) {
    synchronized (runs) {
      return runs.values().stream().filter(run -> run.isParentOf(root)).findFirst();
    }
  }

  private void plan(ProcedureRun run, QueryExecution execution) {
    Optional<PlannedCall> planned = Optional.empty();
    try {
      planned = IcebergCall.of(execution);
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot read the plan of a call; its lineage is as OpenLineage has it", e);
    }
    run.planned(
        planned,
        planned
            .map(
                call ->
                    reads.begin(
                        call::readAtStart, reason -> TableReading.nothing(reason, List.of())))
            .orElseGet(
                () -> CompletableFuture.completedFuture(TableReading.nothing("", List.of()))));
  }

  private void ended(ProcedureRun run, SparkListenerSQLExecutionEnd event) {
    if (!run.isPlanned() && event.qe() != null) {
      plan(run, event.qe());
    }
    Optional<PlannedCall> planned = run.planned();
    if (planned.isEmpty()) {
      return;
    }
    List<Commit> commits = IcebergCommits.get().take(event.executionId());
    Instant end = Instant.ofEpochMilli(event.time());
    CompletableFuture<TableReading> reading =
        reads.begin(
            () -> planned.get().readAtEnd(run.start(), end, commits),
            reason -> TableReading.nothing(reason, commits));
    run.ended(result(planned.get()), reading);
  }

  private Optional<CallResult> result(PlannedCall planned) {
    try {
      return planned.result();
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot read what a call has returned; its lineage lacks it", e);
      return Optional.empty();
    }
  }

  /** Whether this SQL execution is a call, or runs inside one. */
  public boolean isPartOfCall(long executionId) {
    return run(executionId).isPresent() || parent(executionId).isPresent();
  }

  /** The call that is this SQL execution. */
  Optional<ProcedureRun> run(long executionId) {
    synchronized (runs) {
      return Optional.ofNullable(runs.get(executionId));
    }
  }

  /** The call inside which this SQL execution runs. */
  Optional<ProcedureRun> parent(long executionId) {
    synchronized (parents) {
      return Optional.ofNullable(parents.get(executionId));
    }
  }
}
