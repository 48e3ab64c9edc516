package io.breakwater.lineage.events;

import io.openlineage.spark.agent.OpenLineageSparkListener;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenLineage's book of the queries under way. It strikes a query off, with all its plans, only
 * when it reads the query's end; that of a query that takes too long to read, it is never given.
 */
public final class QueryBook implements LongConsumer {

  private static final Logger LOG = LoggerFactory.getLogger(QueryBook.class);

  private final Map<?, ?> queries;
  private final Map<?, ?> jobs;

  /** The book of {@code listener}. */
  public QueryBook(OpenLineageSparkListener listener) {
    this.queries = map("sparkSqlExecutionRegistry", listener);
    this.jobs = map("rddExecutionRegistry", listener);
  }

  private static Map<?, ?> map(String name, OpenLineageSparkListener listener) {
    try {
      // OpenLineage has no other way in.
      Field field = OpenLineageSparkListener.class.getDeclaredField(name);
      field.setAccessible(true);
      return (Map<?, ?>) field.get(listener);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.info(
          "Cannot strike queries off with this version of OpenLineage ({}); those that take too long"
              + " to read stay in the heap",
          e.toString());
      return new HashMap<>();
    }
  }

  /** Strikes the query {@code id} off, and its jobs. */
  @Override
  public void accept(long id) {
    Object query = queries.remove(id);
    if (query != null) {
      jobs.values().removeIf(query::equals);
    }
  }
}
