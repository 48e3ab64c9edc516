package io.breakwater.iceberg.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.history.Upkeep.Call;
import io.breakwater.iceberg.history.Workload.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.sql.Row;

/**
 * One random history. With an even seed maintenance runs between the operations of the user, and
 * must not change a row nor its lineage. With an odd seed it runs beside them all the time, and
 * what the user has committed must be there, and nothing else; with every second odd seed only
 * procedures of ours run, which shows what users suffer from those.
 */
final class History {
  private enum Maintenance {
    BETWEEN("between"),
    BESIDE("beside"),
    BESIDE_OURS_ONLY("beside, ours only");

    private final String words;

    Maintenance(String words) {
      this.words = words;
    }

    static Maintenance of(long seed) {
      if (seed % 2 == 0) {
        return BETWEEN;
      }
      return Math.floorMod(seed, 4) == 1 ? BESIDE : BESIDE_OURS_ONLY;
    }
  }

  private static final String CHANGES = "create_row_changes_view";
  private static final int CALLS_BESIDE_AN_OPERATION = 2;

  private final LocalSpark spark;
  private final long seed;
  private final int steps;
  private final Workload workload;
  private final Random upkeepRandom;
  private final Maintenance maintenance;
  private final Twins twins;
  private final Outcome outcome = new Outcome();
  private boolean userLeftFiles;
  private final List<String> story = Collections.synchronizedList(new ArrayList<>());

  private History(LocalSpark spark, long seed, int steps) {
    this.spark = spark;
    this.seed = seed;
    this.steps = steps;
    this.workload = new Workload(new Random(seed));
    this.upkeepRandom = new Random(~seed);
    this.maintenance = Maintenance.of(seed);
    this.twins = new Twins(spark, "h" + Long.toUnsignedString(seed));
  }

  /**
   * Runs the history of a seed.
   *
   * @throws AssertionError if the twins differ; with the seed and what had happened
   */
  static Outcome run(LocalSpark spark, long seed, int steps) {
    return new History(spark, seed, steps).run();
  }

  private Outcome run() {
    try {
      both(workload.create());
      both(workload.load());
      if (onBranch()) {
        twins.branch();
        count("on a branch");
      }
      if (maintenance == Maintenance.BETWEEN) {
        inTurns();
      } else {
        sideBySide();
      }
      twins.requireEqual();
      twins.requireEqualToRemembered();
      twins.requireMainUntouched();
      if (changesAreKnown()) {
        twins.requireSameChanges(false);
        twins.requireSameChanges(true);
        count("change feed compared");
      }
      if (userLeftFiles) {
        count("user left files, as Iceberg does if the snapshot of a job expires");
      } else {
        twins.requireNoOrphans();
      }
      twins.drop();
      return outcome;
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          ("The history of seed %d failed: %s%nTo run it again: mvn verify -pl iceberg-maintenance"
                  + " -Phistories -Dbreakwater.histories.seed=%d -Dbreakwater.histories.count=1%n%s")
              .formatted(seed, e, seed, String.join(System.lineSeparator(), story)),
          e);
    }
  }

  /** In every third history, save where Iceberg's own procedures run too: they only know main. */
  private boolean onBranch() {
    return seed % 3 == 0 && maintenance != Maintenance.BESIDE && !workload.writesEqualityDeletes();
  }

  private void inTurns() {
    for (int step = 0; step < steps; step++) {
      both(workload.next());
      twins.requireEqual();
      if (upkeepRandom.nextInt(3) > 0) {
        twins.remember();
        List<Row> before = twins.rows();
        keepUp();
        Twins.requireSame("rows after maintenance", twins.rows(), before);
      }
    }
  }

  private void sideBySide() throws InterruptedException {
    Semaphore due = new Semaphore(0);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<?> kept =
          executor.submit(
              () -> {
                due.acquireUninterruptibly();
                while (!done.get()) {
                  keepUp();
                  due.acquireUninterruptibly();
                }
              });
      try {
        for (int step = 0; step < steps && !kept.isDone(); step++) {
          due.release(CALLS_BESIDE_AN_OPERATION);
          tryBoth(workload.next());
          twins.requireEqual();
        }
      } finally {
        done.set(true);
        due.release();
        kept.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("Maintenance failed: " + e.getCause(), e.getCause());
    } finally {
      executor.shutdown();
    }
  }

  private void both(Operation operation) {
    tell(operation.text());
    twins.lead(operation);
    twins.follow(operation);
    count("user: " + operation.kind());
  }

  /** Does the operation to both, or to none if the maintained table refuses it as a conflict. */
  private void tryBoth(Operation operation) {
    tell(operation.text());
    try {
      twins.lead(operation);
    } catch (Exception e) {
      userLeftFiles |= Conflicts.isExpiredMeanwhile(e);
      count("user failed: " + operation.kind() + ": " + conflict(e));
      return;
    }
    twins.follow(operation);
    count("user: " + operation.kind());
  }

  private void keepUp() {
    List<Upkeep> upkeep =
        maintenance == Maintenance.BESIDE_OURS_ONLY || onBranch() ? Upkeep.ours() : Upkeep.all();
    Upkeep next = upkeep.get(upkeepRandom.nextInt(upkeep.size()));
    if (next.procedure().equals(CHANGES) && !changesAreKnown()) {
      count("not called, for it refuses equality deletes and expired snapshots: " + CHANGES);
      return;
    }
    Call call = next.drawCall(upkeepRandom, "lake", twins.maintained().substring("lake.".length()));
    boolean alone = maintenance == Maintenance.BETWEEN;
    Long snapshot = alone ? twins.snapshotId() : null;
    boolean refused = false;
    tell(call.sql());
    try {
      List<Row> rows = spark.sql(call.sql());
      tell("  -> " + rows);
      requireHealthy(rows);
      count("maintenance: " + next.procedure());
    } catch (Exception e) {
      if (isRefusedForMain(e)) {
        count("refused, for main has the files, too: " + next.procedure());
        refused = true;
      } else if (alone) {
        throw e;
      } else {
        count("maintenance failed: " + next.procedure() + ": " + conflict(e));
      }
    }
    if (alone && (refused || !call.mayCommit())) {
      assertThat(twins.snapshotId()).as("snapshot after %s", call.sql()).isEqualTo(snapshot);
    }
  }

  /** A purge of a branch leaves alone what another one still shows. */
  private boolean isRefusedForMain(Exception failure) {
    return onBranch()
        && String.valueOf(failure.getMessage())
            .contains("[main] still have files with matching rows");
  }

  /** A purge expires what it erases rows from, and the feed ends there. */
  private boolean changesAreKnown() {
    return !workload.writesEqualityDeletes() && twins.hasWholeHistory();
  }

  /** Whoever looks for errors finds none. */
  private static void requireHealthy(List<Row> rows) {
    assertThat(rows)
        .filteredOn(row -> List.of(row.schema().fieldNames()).contains("severity"))
        .extracting(row -> row.<String>getAs("severity"))
        .doesNotContain("ERROR");
  }

  /** What the conflict was about; any other failure is ours to look at. */
  private String conflict(Exception failure) {
    Optional<String> gist = Conflicts.gist(failure);
    gist.ifPresent(words -> tell("  -> " + words));
    return gist.orElseThrow(
        () -> new AssertionError("Not a conflict of concurrent commits: " + failure, failure));
  }

  private void count(String what) {
    outcome.count(maintenance.words + ": " + what);
  }

  private void tell(String event) {
    story.add(Thread.currentThread().getName() + ": " + event);
  }
}
