package io.breakwater.lineage.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.spark.sql.catalyst.catalog.HiveTableRelation;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.OneRowRelation;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.command.DataWritingCommand;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import scala.collection.JavaConverters;

/**
 * Queries whose START waits for a moment before it is built. Most of what OpenLineage does for a
 * short query is to read its plan twice; if its end comes first, the START is made of the end,
 * which knows more.
 *
 * <p>Only writes to files and Hive tables from such, from other relations of Spark's first data
 * source API, or from rows of the query itself wait: reading them has no effect. Where OpenLineage
 * reads an Iceberg table it begins to listen to its commits, and RDDs are known to Spark for as
 * long as their job runs. Used by one thread.
 */
public final class DeferredStarts {

  private record Waiting(SparkListenerSQLExecutionStart start, long due) {}

  private final long delayNanos;
  private final LongPredicate promptly;

  /** In the order in which they are due. */
  private final Map<Long, Waiting> waiting = new LinkedHashMap<>();

  /**
   * Starts that wait for {@code delay}; zero for none.
   *
   * @param promptly the ids of queries whose START never waits
   */
  public DeferredStarts(Duration delay, LongPredicate promptly) {
    this.delayNanos = delay.toNanos();
    this.promptly = promptly;
  }

  /** Takes {@code start}; false if it is not to wait. */
  boolean add(SparkListenerSQLExecutionStart start) {
    long id = start.executionId();
    if (delayNanos == 0 || promptly.test(id) || !isPlainWrite(id)) {
      return false;
    }
    waiting.put(id, new Waiting(start, System.nanoTime() + delayNanos));
    return true;
  }

  private static boolean isPlainWrite(long id) {
    QueryExecution query = SQLExecution.getQueryExecution(id);
    return query != null
        && query.analyzed() instanceof DataWritingCommand
        && JavaConverters.seqAsJavaList(query.analyzed().collectLeaves()).stream()
            .allMatch(
                leaf ->
                    leaf instanceof LogicalRelation
                        || leaf instanceof HiveTableRelation
                        || leaf instanceof LocalRelation
                        || leaf instanceof Range
                        || leaf instanceof OneRowRelation);
  }

  /** Takes the START of the query {@code id} out, if it waits. */
  List<SparkListenerSQLExecutionStart> take(long id) {
    Waiting found = waiting.remove(id);
    return found == null ? List.of() : List.of(found.start());
  }

  /** Takes all out that have waited long enough. */
  List<SparkListenerSQLExecutionStart> takeDue() {
    List<SparkListenerSQLExecutionStart> due = new ArrayList<>();
    long now = System.nanoTime();
    waiting.values().removeIf(start -> start.due() - now <= 0 && due.add(start.start()));
    return due;
  }

  /** Takes all out. */
  List<SparkListenerSQLExecutionStart> takeAll() {
    List<SparkListenerSQLExecutionStart> all =
        waiting.values().stream().map(Waiting::start).toList();
    waiting.clear();
    return all;
  }

  /** How long until one is due; {@code otherwise} if none waits. */
  long nanosToNext(long otherwise) {
    return waiting.values().stream()
        .findFirst()
        .map(next -> Math.max(0, next.due() - System.nanoTime()))
        .orElse(otherwise);
  }
}
