package io.breakwater.lineage.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import scala.Option;

/** Which SQL executions and jobs are under way, and which one a Spark event belongs to. */
final class SqlExecutions {

  /** More than a driver ever has under way; the eldest are forgotten. */
  private static final int MAX = 8192;

  /**
   * What a run of ours stands for: a SQL execution, or a job that belongs to none.
   *
   * @param id of the execution, or of the job
   * @param sql whether it is an execution
   * @param root the id of the execution that started this one; its own if none did
   * @param startTime milliseconds since 1970
   */
  record Work(long id, boolean sql, long root, long startTime) {

    boolean isNested() {
      return sql && root != id;
    }
  }

  private final Map<Long, Work> executions = new Eldest<>();
  private final Map<Long, Work> over = new Eldest<>();
  private final Map<Integer, Work> jobs = new Eldest<>();

  /** What {@code event} belongs to; to be called for every event, and as often as wanted. */
  Optional<Work> of(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionStart start) {
      return Optional.of(executions.computeIfAbsent(start.executionId(), id -> work(start)));
    }
    if (event instanceof SparkListenerSQLExecutionEnd end) {
      return Optional.of(execution(end.executionId(), end.time()));
    }
    if (event instanceof SparkListenerJobStart start) {
      return Optional.of(jobs.computeIfAbsent(start.jobId(), id -> work(start)));
    }
    if (event instanceof SparkListenerJobEnd end) {
      return Optional.ofNullable(jobs.get(end.jobId()));
    }
    return Optional.empty();
  }

  /** The execution {@code id}, if it has begun and not ended. */
  Optional<Work> underWay(long id) {
    return Optional.ofNullable(executions.get(id));
  }

  /** Forgets what ends with {@code event}. */
  void forget(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionEnd end) {
      over.put(end.executionId(), execution(end.executionId(), end.time()));
      executions.remove(end.executionId());
    } else if (event instanceof SparkListenerJobEnd end) {
      jobs.remove(end.jobId());
    }
  }

  private static Work work(SparkListenerSQLExecutionStart start) {
    Option<?> root = start.rootExecutionId();
    return new Work(
        start.executionId(),
        true,
        root.isDefined() ? (Long) root.get() : start.executionId(),
        start.time());
  }

  /**
   * A thread that was made during a query keeps its id as a property; the jobs that it runs when
   * the query is over are not the query's.
   */
  private Work work(SparkListenerJobStart start) {
    OptionalLong execution = property(start, SQLExecution.EXECUTION_ID_KEY());
    if (execution.isEmpty() || over.containsKey(execution.getAsLong())) {
      return new Work(start.jobId(), false, start.jobId(), start.time());
    }
    return execution(execution.getAsLong(), start.time());
  }

  private Work execution(long id, long time) {
    Work known = executions.get(id);
    return known == null ? new Work(id, true, id, time) : known;
  }

  private static OptionalLong property(SparkListenerJobStart start, String key) {
    String value = start.properties() == null ? null : start.properties().getProperty(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
  }

  private static final class Eldest<K> extends LinkedHashMap<K, Work> {
    @Override
    protected boolean removeEldestEntry(Map.Entry<K, Work> eldest) {
      return size() > MAX;
    }
  }
}
