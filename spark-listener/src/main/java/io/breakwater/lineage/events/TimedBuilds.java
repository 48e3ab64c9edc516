package io.breakwater.lineage.events;

import io.breakwater.lineage.events.SqlExecutions.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has OpenLineage build events within a time. A query or job whose build takes longer is read by
 * the next of the builders, which reads less; what takes them all too long is not read. While the
 * application stops, all builds together have a time of their own.
 *
 * <p>Events are accepted by one thread; {@link #lack} may be asked by others.
 */
public final class TimedBuilds implements Consumer<SparkListenerEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(TimedBuilds.class);
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_ABANDONED = 4;
  private static final int MAX_KNOWN = 8192;

  /** What the events of a query or job lack. */
  enum Lack {
    NOTHING,
    COLUMN_LINEAGE,
    LATER_FINDINGS,
    DATASETS
  }

  /** A query or job: {@link Work} without the time, which not all of its events know. */
  private record Key(long id, boolean sql) {}

  private static final Key APPLICATION = new Key(-1, false);

  private static final class Builder {
    private final Consumer<SparkListenerEvent> listener;
    private final List<BuildThread> abandoned = new ArrayList<>();
    private BuildThread thread;

    Builder(Consumer<SparkListenerEvent> listener) {
      this.listener = listener;
    }

    /** Whether the last build has emitted an event. */
    boolean hasEmitted() {
      return thread != null && thread.hasEmitted();
    }

    /** Nothing if too many builds hang already. */
    Optional<BuildThread> thread() {
      abandoned.removeIf(old -> !old.isAlive());
      if (thread == null && abandoned.size() < MAX_ABANDONED) {
        thread = new BuildThread();
        thread.start();
      }
      return Optional.ofNullable(thread);
    }
  }

  private final List<Builder> builders = new ArrayList<>();
  private final LongConsumer forget;
  private final Duration timeout;
  private final BooleanSupplier stopping;
  private final Duration stopTimeout;
  private final LongAdder overdue = new LongAdder();
  private final SqlExecutions executions = new SqlExecutions();
  private final Map<Key, Lack> lacks = eldest();

  /** Of which an event was emitted. */
  private final Map<Key, Boolean> begun = eldest();

  private long stopDeadline;
  private boolean mayStop;
  private boolean stopSeen;
  private boolean logged;

  private static <V> Map<Key, V> eldest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Key, V> eldest) {
        return size() > MAX_KNOWN;
      }
    };
  }

  /**
   * Builds with a time each.
   *
   * @param full reads all
   * @param light reads all but column lineage; not called until it is needed
   * @param forget has both forget a query, whose end they may not have been given
   * @param timeout for each of the two, for one event of Spark
   * @param stopping whether the application stops
   * @param stopTimeout for all that is to be built from then on
   */
  public TimedBuilds(
      Consumer<SparkListenerEvent> full,
      Consumer<SparkListenerEvent> light,
      LongConsumer forget,
      Duration timeout,
      BooleanSupplier stopping,
      Duration stopTimeout) {
    builders.add(new Builder(full));
    builders.add(new Builder(light));
    this.forget = forget;
    this.timeout = timeout;
    this.stopping = stopping;
    this.stopTimeout = stopTimeout;
  }

  @Override
  public void accept(SparkListenerEvent event) {
    Optional<Key> work = executions.of(event).map(TimedBuilds::key);
    boolean application =
        event instanceof SparkListenerApplicationStart
            || event instanceof SparkListenerApplicationEnd;
    if (work.isEmpty() && !application) {
      builders.get(0).listener.accept(event);
      return;
    }
    // Who asks before the context is up may have to wait for it.
    mayStop |= !(event instanceof SparkListenerApplicationStart);
    Key key = work.orElse(APPLICATION);
    Lack known = known(key);
    Lack lack = known == null ? Lack.NOTHING : known;
    if (lack == Lack.NOTHING && !builds(builders.get(0), event, key)) {
      lack = begun.containsKey(key) ? Lack.LATER_FINDINGS : Lack.COLUMN_LINEAGE;
    }
    // A query that is over by now has no plan to read, and the first event at its end.
    if (lack == Lack.COLUMN_LINEAGE && !builds(builders.get(1), event, key)) {
      lack = begun.containsKey(key) ? Lack.LATER_FINDINGS : Lack.DATASETS;
    }
    if (lack != Lack.NOTHING ? lack != known : builders.get(0).hasEmitted()) {
      remember(key, lack);
    }
    if (lack != Lack.NOTHING && event instanceof SparkListenerSQLExecutionEnd end) {
      forget.accept(end.executionId());
    }
    executions.forget(event);
  }

  private static Key key(Work work) {
    return new Key(work.id(), work.sql());
  }

  private Lack known(Key key) {
    synchronized (lacks) {
      return lacks.get(key);
    }
  }

  private void remember(Key key, Lack lack) {
    synchronized (lacks) {
      lacks.put(key, lack);
    }
    if (lack != Lack.NOTHING) {
      overdue.increment();
      if (!logged) {
        logged = true;
        LOG.warn(
            "Building a lineage event took longer than {} ms (events.buildTimeout, or what is left"
                + " when the application stops): the run's events name in their facet {} what they"
                + " lack; further runs are counted, not logged",
            timeout.toMillis(),
            SizeBound.FACET.key());
      }
    }
  }

  /** What the events of {@code work} lack; to be asked after an event of it was accepted. */
  Lack lack(Work work) {
    Lack lack = known(key(work));
    return lack == null ? Lack.NOTHING : lack;
  }

  /** Whether an event of the query {@code id} was emitted; for the thread that accepts. */
  public boolean hasBegun(long id) {
    return begun.containsKey(new Key(id, true));
  }

  /** Queries and jobs whose events lack something, because building one took too long. */
  public long overdue() {
    return overdue.sum();
  }

  /** The time that a build may take. */
  Duration timeout() {
    return timeout;
  }

  private boolean builds(Builder builder, SparkListenerEvent event, Key key) {
    boolean built = build(builder, event);
    if (built && builder.hasEmitted()) {
      begun.put(key, true);
    }
    return built;
  }

  private boolean build(Builder builder, SparkListenerEvent event) {
    Optional<BuildThread> thread = isOver(Long.MAX_VALUE) ? Optional.empty() : builder.thread();
    if (thread.isEmpty()) {
      return false;
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    Future<?> build = thread.get().submit(() -> builder.listener.accept(event));
    while (true) {
      try {
        build.get(SLICE_NANOS, TimeUnit.NANOSECONDS);
        return true;
      } catch (ExecutionException e) {
        throw unchecked(e.getCause());
      } catch (TimeoutException e) {
        if (isOver(deadline)) {
          return !abandon(builder);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return !abandon(builder);
      }
    }
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException exception
        ? exception
        : new IllegalStateException(failure);
  }

  private static boolean abandon(Builder builder) {
    boolean abandoned = builder.thread.abandon();
    if (abandoned) {
      builder.abandoned.add(builder.thread);
      builder.thread = null;
    }
    return abandoned;
  }

  private boolean isOver(long deadline) {
    long now = System.nanoTime();
    if (mayStop && !stopSeen && stopping.getAsBoolean()) {
      stopSeen = true;
      stopDeadline = now + stopTimeout.toNanos();
    }
    return (stopSeen && now - stopDeadline >= 0)
        || (deadline != Long.MAX_VALUE && now - deadline >= 0);
  }
}
