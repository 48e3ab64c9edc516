package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.DataFile;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites file groups on a few threads. {@link #close} begins no further group, waits for those
 * that run, and deletes what was written and not {@link #settle}d. It does not cancel their Spark
 * jobs: a task that is killed at its end leaves a file that nobody knows of. The jobs belong to the
 * caller's job group, by which people cancel them. Used by one thread.
 */
final class GroupPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupPool.class);

  private final SparkContext context;
  private final Target target;
  private final String purpose;
  private final FileGroupRewrite rewrite;
  private final WholeVectors wholeVectors;
  private final Budget budget;
  private final int groups;
  private final ExecutorService threads;
  private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();
  private final Set<Rewritten> unsettled = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /** At most one of the two; neither if the budget did not have the group. */
  private record Result(Rewritten rewritten, Throwable failure) {}

  GroupPool(
      SparkSession spark,
      Target target,
      CompactionOptions options,
      String purpose,
      CompactionPlan plan,
      Budget budget) {
    this.budget = budget;
    this.context = spark.sparkContext();
    this.target = target;
    this.purpose = purpose;
    this.rewrite = new FileGroupRewrite(spark, target, options.targetFileBytes());
    this.wholeVectors = new WholeVectors(context, target);
    this.groups = plan.groups().size();
    this.threads =
        Executors.newFixedThreadPool(
            Math.min(options.concurrency(), groups), threads("breakwater-compact-"));
    for (int i = 0; i < groups; i++) {
      FileGroup group = plan.groups().get(i);
      int number = i + 1;
      threads.execute(() -> run(group, number));
    }
  }

  /**
   * The next group that is ready, whichever it is; empty for each that the budget did not have.
   *
   * @throws IllegalStateException if it could not be rewritten, or this thread was interrupted
   */
  Optional<Rewritten> next() {
    try {
      Result result = results.take();
      if (result.failure() != null) {
        throw new IllegalStateException(
            "Cannot %s of %s: %s; what was committed before stays, call again to continue"
                .formatted(purpose, target.name(), result.failure().getMessage()),
            result.failure());
      }
      return Optional.ofNullable(result.rewritten());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot %s of %s: cancelled".formatted(purpose, target.name()), e);
    }
  }

  /** Says that the files of {@code rewritten} are, or may be, in the table. */
  void settle(Rewritten rewritten) {
    unsettled.remove(rewritten);
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdown();
    boolean interrupted = awaitEnd();
    List<String> orphans =
        unsettled.stream().flatMap(one -> one.added().stream()).map(DataFile::location).toList();
    CatalogUtil.deleteFiles(target.table().io(), orphans, "uncommitted data", true);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(FileGroup group, int number) {
    if (stopped) {
      return;
    }
    if (!budget.take(group.bytes())) {
      results.add(new Result(null, null));
      return;
    }
    try {
      context.setJobDescription(
          "%s of %s: file group %d of %d, %s %d files of %d bytes%s"
              .formatted(
                  purpose,
                  target.name(),
                  number,
                  groups,
                  group.action().label(),
                  group.files().size(),
                  group.bytes(),
                  group.partition() == null ? "" : " in " + group.partition().path()));
      Rewritten rewritten = new Rewritten(group, work(group));
      unsettled.add(rewritten);
      LOG.info(
          "File group {} of {} of {} is ready: {} {} files of {} bytes into {}",
          number,
          groups,
          target.name(),
          group.action().label(),
          group.files().size(),
          group.bytes(),
          rewritten.added().size());
      results.add(new Result(rewritten, null));
    } catch (Throwable e) {
      results.add(new Result(null, e));
    }
  }

  private Set<DataFile> work(FileGroup group) {
    if (group.action() == Action.DROP) {
      wholeVectors.require(group.files());
      return Set.of();
    }
    return rewrite.rewrite(group);
  }

  /** Returns whether this thread was interrupted; its flag is clear then. */
  private boolean awaitEnd() {
    boolean interrupted = Thread.interrupted();
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }

  private static ThreadFactory threads(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
