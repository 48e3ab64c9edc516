package io.breakwater.lineage.events;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import scala.collection.JavaConverters;

/**
 * Reads which RDDs a query is built on, such as those of checkpoints. Read on the capturing thread,
 * asked on the stage's.
 */
public final class RddReader implements SparkEventReader {

  private static final int MAX_QUERIES = 4096;
  private static final int MAX_RDDS = 1000;

  private final Map<Long, Set<Integer>> rddsOfQuery =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Set<Integer>> eldest) {
          return size() > MAX_QUERIES;
        }
      };

  @Override
  public void read(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionStart start) {
      QueryExecution query = SQLExecution.getQueryExecution(start.executionId());
      Set<Integer> rdds = query == null ? Set.of() : rdds(query.analyzed());
      if (!rdds.isEmpty()) {
        synchronized (rddsOfQuery) {
          rddsOfQuery.put(start.executionId(), Set.copyOf(rdds));
        }
      }
    }
  }

  private static Set<Integer> rdds(LogicalPlan plan) {
    Set<Integer> ids = new HashSet<>();
    for (LogicalPlan leaf : JavaConverters.seqAsJavaList(plan.collectLeaves())) {
      if (leaf instanceof LogicalRDD rdd) {
        addAncestors(rdd.rdd(), ids);
      }
    }
    return ids;
  }

  private static void addAncestors(RDD<?> rdd, Set<Integer> ids) {
    Deque<RDD<?>> todo = new ArrayDeque<>();
    todo.add(rdd);
    while (!todo.isEmpty() && ids.size() < MAX_RDDS) {
      RDD<?> next = todo.remove();
      if (ids.add(next.id())) {
        JavaConverters.seqAsJavaList(next.dependencies())
            .forEach(dependency -> todo.add(dependency.rdd()));
      }
    }
  }

  /** The RDDs below the query of an execution. */
  Set<Integer> rdds(long executionId) {
    synchronized (rddsOfQuery) {
      return rddsOfQuery.getOrDefault(executionId, Set.of());
    }
  }
}
