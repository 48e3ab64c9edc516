package io.breakwater.lineage.procedure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.events.CreateSnapshotEvent;
import org.apache.iceberg.events.Listeners;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import scala.Option;

/**
 * The snapshots that this process commits, by the SQL execution that commits them. Iceberg tells of
 * each on the thread that committed it, where Spark's local properties say for which execution;
 * threads that a procedure makes inherit these. One for the process, because Iceberg keeps its
 * listeners for ever. Safe for use by many threads.
 */
final class IcebergCommits {

  private static final String EXECUTION = "spark.sql.execution.id";
  private static final int MAX_EXECUTIONS = 4_096;
  private static final int MAX_COMMITS = 10_000;

  private static final IcebergCommits INSTANCE = register();

  private final Map<String, List<Commit>> byExecution =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Commit>> eldest) {
          return size() > MAX_EXECUTIONS;
        }
      };

  private IcebergCommits() {}

  private static IcebergCommits register() {
    IcebergCommits commits = new IcebergCommits();
    Listeners.register(commits::committed, CreateSnapshotEvent.class);
    return commits;
  }

  /** The one of this process, registered with Iceberg. */
  static IcebergCommits get() {
    return INSTANCE;
  }

  /** On the thread of whoever commits: quick, and Iceberg catches what it throws. */
  private void committed(CreateSnapshotEvent event) {
    Option<SparkContext> context = SparkContext$.MODULE$.getActive();
    String execution = context.isDefined() ? context.get().getLocalProperty(EXECUTION) : null;
    if (execution == null) {
      return;
    }
    Commit commit =
        new Commit(
            event.snapshotId(),
            event.sequenceNumber(),
            event.operation(),
            SnapshotCounts.of(event.summary()));
    synchronized (byExecution) {
      List<Commit> commits = byExecution.computeIfAbsent(execution, key -> new ArrayList<>());
      if (commits.size() < MAX_COMMITS) {
        commits.add(commit);
      }
    }
  }

  /** What an execution has committed since the last time that it was asked for. */
  List<Commit> take(long executionId) {
    synchronized (byExecution) {
      List<Commit> commits = byExecution.remove(Long.toString(executionId));
      return commits == null ? List.of() : List.copyOf(commits);
    }
  }
}
