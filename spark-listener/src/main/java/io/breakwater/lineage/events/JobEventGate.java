package io.breakwater.lineage.events;

import io.openlineage.client.circuitBreaker.CircuitBreaker;
import io.openlineage.client.circuitBreaker.CircuitBreakerState;
import io.openlineage.spark.agent.OpenLineageSparkListener;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongPredicate;
import org.apache.spark.scheduler.JobSucceeded$;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares the capturing thread the RUNNING events of a query's jobs that would be left out anyway:
 * OpenLineage walks the whole plan again for the start and the end of every job.
 *
 * <p>OpenLineage still sees each Spark event and keeps its books; only what it runs inside its
 * circuit breaker, which is to build and emit the event, is left out. A job that fails, a job
 * outside of a query, and the jobs of a query that reads RDDs, whose inputs OpenLineage finds in
 * its jobs, are never left out. In the same way the end of a query is spared whose START says
 * everything already: {@link CompleteRuns} makes it of the START.
 *
 * <p>Used by the thread that captures events, and by the one that builds for it while it waits;
 * what is overdue there may come late.
 */
public final class JobEventGate implements SparkEventReader {

  private static final Logger LOG = LoggerFactory.getLogger(JobEventGate.class);
  private static final int MAX = 8192;

  private final Optional<Duration> running;
  private final RddReader rdds;
  private final LongPredicate partOfOther;
  private final LongPredicate begun;

  /** When the last event of a query that has its START was built, in ms since 1970. */
  private final Map<Long, Long> lastEvent = Collections.synchronizedMap(new Eldest<>());

  /** Queries that are under way and no part of another; and whether the START says it all. */
  private final Map<Long, Boolean> saysAll = Collections.synchronizedMap(new Eldest<>());

  private final Map<Integer, Long> queryOfJob = new Eldest<>();
  private SparkListenerEvent current;
  private boolean closed;

  /**
   * A gate.
   *
   * @param running how far apart the RUNNING events of a query must be at least; zero for all of
   *     them, nothing for none
   * @param rdds has read an event before this one does
   * @param partOfOther the ids of queries whose events go into those of another run
   * @param begun the ids of queries of which OpenLineage has emitted an event
   */
  public JobEventGate(
      Optional<Duration> running, RddReader rdds, LongPredicate partOfOther, LongPredicate begun) {
    this.running = running;
    this.rdds = rdds;
    this.partOfOther = partOfOther;
    this.begun = begun;
  }

  /** The START of query {@code id} says everything that OpenLineage would say at its end. */
  public void startSaysAll(long id) {
    saysAll.computeIfPresent(id, (query, known) -> true);
  }

  /** Puts this gate before the circuit breaker of {@code listener}, once that has one. */
  public void guard(OpenLineageSparkListener listener) {
    if (running.filter(Duration::isZero).isPresent()) {
      return;
    }
    try {
      // OpenLineage has no other way in: its factory knows its own circuit breakers only.
      Field field = OpenLineageSparkListener.class.getDeclaredField("circuitBreaker");
      field.setAccessible(true);
      field.set(listener, new GatedCircuitBreaker((CircuitBreaker) field.get(listener)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.info(
          "Cannot spare RUNNING events with this version of OpenLineage ({}); they are built, then"
              + " left out",
          e.toString());
    }
  }

  @Override
  public synchronized void read(SparkListenerEvent event) {
    // Others hold whole plans.
    current = event instanceof SparkListenerSQLExecutionStart ? event : null;
    closed = isSpared(event);
  }

  private boolean isSpared(SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionStart start) {
      if (!partOfOther.test(start.executionId())) {
        saysAll.put(start.executionId(), false);
      }
      return false;
    }
    if (event instanceof SparkListenerJobStart start) {
      Long query = query(start);
      if (query == null || !lastEvent.containsKey(query) || !rdds.rdds(query).isEmpty()) {
        return false;
      }
      queryOfJob.put(start.jobId(), query);
      if (isDue(query, start.time())) {
        lastEvent.put(query, start.time());
        return false;
      }
      return true;
    }
    if (event instanceof SparkListenerJobEnd end) {
      return queryOfJob.remove(end.jobId()) != null && end.jobResult() == JobSucceeded$.MODULE$;
    }
    if (event instanceof SparkListenerSQLExecutionEnd end) {
      long query = end.executionId();
      lastEvent.remove(query);
      return Boolean.TRUE.equals(saysAll.remove(query)) && begun.test(query);
    }
    return false;
  }

  private boolean isDue(long query, long time) {
    return running.isPresent() && time - lastEvent.get(query) >= running.get().toMillis();
  }

  private static Long query(SparkListenerJobStart start) {
    String property =
        start.properties() == null
            ? null
            : start.properties().getProperty(SQLExecution.EXECUTION_ID_KEY());
    return property == null ? null : Long.valueOf(property);
  }

  private synchronized boolean isClosed() {
    if (current instanceof SparkListenerSQLExecutionStart start) {
      lastEvent.put(start.executionId(), start.time());
    }
    return closed;
  }

  /** OpenLineage's circuit breaker, not asked while the gate is closed. */
  private final class GatedCircuitBreaker implements CircuitBreaker {

    private final CircuitBreaker stock;

    GatedCircuitBreaker(CircuitBreaker stock) {
      this.stock = stock;
    }

    @Override
    public <T> T run(Callable<T> callable) {
      return isClosed() ? null : stock.run(callable);
    }

    @Override
    public CircuitBreakerState currentState() {
      return stock.currentState();
    }

    @Override
    public int getCheckIntervalMillis() {
      return stock.getCheckIntervalMillis();
    }

    @Override
    public void close() {
      stock.close();
    }
  }

  private static final class Eldest<K, V> extends LinkedHashMap<K, V> {
    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MAX;
    }
  }
}
