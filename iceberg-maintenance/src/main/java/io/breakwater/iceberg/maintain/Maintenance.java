package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.compact.Compaction;
import io.breakwater.iceberg.convert.DeleteConversion;
import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.VectorRewrite;
import io.breakwater.iceberg.verify.Verification;
import io.breakwater.iceberg.verify.VerifyOptions;
import io.breakwater.iceberg.verify.VerifyRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans every step, then runs those that are due one after the other, each in its own small commits
 * and each planned anew: a compaction makes deletion vectors go that need no rewrite then. A step
 * that concurrent writers did not let commit ends with the row "conflict", and the next one runs.
 */
public final class Maintenance {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

  private final SparkSession spark;
  private final Target target;
  private final PartitionFilter where;
  private final MaintenanceOptions options;
  private final List<Step> steps;

  /**
   * A maintenance that is not begun.
   *
   * @param spark where it runs
   * @param target the table and branch; the table is refreshed
   * @param where only these partitions; manifests are merged whatever their partitions
   * @param options options of the steps
   */
  public Maintenance(
      SparkSession spark, Target target, PartitionFilter where, MaintenanceOptions options) {
    this.spark = spark;
    this.target = target;
    this.where = where;
    this.options = options;
    this.steps =
        List.of(
            new ConvertStep(
                ConvertStep.POSITION_DELETES,
                DeleteConversion.ofPositionDeletes(spark, target, where, options.convert())),
            new ConvertStep(
                ConvertStep.EQUALITY_DELETES,
                DeleteConversion.ofEqualityDeletes(spark, target, where, options.convert())),
            new CompactStep(new Compaction(spark, target, where, options.compact())),
            new RewriteVectorsStep(new VectorRewrite(target, where, options.rewrite())),
            new MergeManifestsStep(spark, target));
  }

  /** Says what {@link #run} would do now; writes nothing. */
  public List<MaintenanceRow> dryRun() {
    requireHealthy();
    return plan();
  }

  /**
   * Does what is due as far as {@code budget} allows.
   *
   * @return the rows of the plan, then one per step that was due
   * @throws IllegalStateException if a deletion vector is damaged, before anything is changed
   * @throws CommitStateUnknownException if the catalog cannot say whether it committed; steps
   *     before it stay, none runs after it
   */
  public List<MaintenanceRow> run(Budget budget) {
    requireHealthy();
    List<MaintenanceRow> rows = new ArrayList<>(plan());
    for (int i = 0; i < steps.size(); i++) {
      MaintenanceRow row = run(i + 1, steps.get(i), budget);
      if (!row.status().equals("nothing to do")) {
        rows.add(row);
      }
    }
    return List.copyOf(rows);
  }

  private List<MaintenanceRow> plan() {
    List<MaintenanceRow> rows = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step.Plan plan = steps.get(i).plan();
      rows.add(MaintenanceRow.planned(i + 1, steps.get(i), plan));
      LOG.info(
          "Plan for {}, step {}: {} {}: {}",
          target.name(),
          i + 1,
          steps.get(i).action(),
          plan.due() ? plan.bytes() + " bytes" : "not due",
          plan.reason());
    }
    return rows;
  }

  private MaintenanceRow run(int number, Step step, Budget budget) {
    long start = System.nanoTime();
    try {
      Step.Done done = step.run(budget);
      return MaintenanceRow.done(number, step, done, millisSince(start));
    } catch (CommitStateUnknownException e) {
      throw e;
    } catch (CommitFailedException e) {
      LOG.warn("Step {} of {} met concurrent commits, going on", step.action(), target.name(), e);
      return MaintenanceRow.conflict(number, step, millisSince(start), e.getMessage());
    }
  }

  private void requireHealthy() {
    if (!options.verify()) {
      return;
    }
    List<VerifyRow> rows =
        new Verification(spark, target, where, VerifyOptions.of(Map.of())).check();
    VerifyRow table = rows.get(rows.size() - 1);
    if (table.errors() > 0) {
      throw new IllegalStateException(
          "Cannot maintain %s: %d errors, first: %s; call verify_deletion_vectors, or set option"
                  .formatted(target.name(), table.errors(), rows.get(0).problem())
              + " verify to false; the table is unchanged");
    }
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
