package io.breakwater.lineage.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;

/**
 * The SQL executions that OpenLineage's runs stand for. What causes an event at the end of a job
 * names no execution, but its run was seen before. Used by one thread.
 */
public final class RunExecutions {

  private static final String EXECUTION_ID = "spark.sql.execution.id";
  private static final int MAX_RUNS = 10_000;

  private final Map<String, Long> executions =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_RUNS;
        }
      };

  /** The id of the execution of the run {@code runId}, one of whose events {@code cause} caused. */
  public Optional<Long> of(String runId, SparkListenerEvent cause) {
    Long known = executions.get(runId);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Long> found = of(cause);
    found.ifPresent(id -> executions.put(runId, id));
    return found;
  }

  private static Optional<Long> of(SparkListenerEvent cause) {
    if (cause instanceof SparkListenerSQLExecutionStart start) {
      return Optional.of(start.executionId());
    }
    if (cause instanceof SparkListenerSQLExecutionEnd end) {
      return Optional.of(end.executionId());
    }
    if (cause instanceof SparkListenerJobStart job && job.properties() != null) {
      return Optional.ofNullable(job.properties().getProperty(EXECUTION_ID)).map(Long::valueOf);
    }
    return Optional.empty();
  }
}
