package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.compact.GroupRuns.Outcome;
import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.Attempts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the data files of a branch whose deleted rows or small size cost the expected scans more
 * than a rewrite, and drops those without a live row.
 *
 * <p>A file group leaves the table in one commit or not at all. The commit fails if anybody changed
 * the deletes of one of its files since the plan, or took one; then the files of that group, and no
 * others, are planned again. What is committed needs no rewrite any more, so a call after a failure
 * or a cancellation continues where the last one ended. Not thread-safe.
 */
public final class Compaction {
  private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);
  private static final String PURPOSE = "compact deleted rows";

  private final Target target;
  private final PartitionFilter where;
  private final CompactionOptions options;
  private final CompactionPlanner planner;
  private final GroupRuns runs;

  /**
   * A compaction that is not begun.
   *
   * @param spark where the rewrites run
   * @param target the table and branch; the table is refreshed
   * @param where only files of these partitions
   * @param options what is worth a rewrite
   */
  public Compaction(
      SparkSession spark, Target target, PartitionFilter where, CompactionOptions options) {
    this.target = target;
    this.where = where;
    this.options = options;
    this.planner = new CompactionPlanner(target, options);
    this.runs = new GroupRuns(spark, target, options, PURPOSE);
  }

  /** Says what {@link #run} would do; writes nothing. */
  public List<CompactionRow> dryRun() {
    CompactionPlan plan = plan(path -> true);
    List<CompactionRow> rows = new ArrayList<>();
    plan.groups().forEach(group -> rows.add(CompactionRow.planned(group, plan)));
    return closed(rows, plan, "planned");
  }

  /** Does the whole compaction, as {@link #run(Budget)} does. */
  public List<CompactionRow> run() {
    return run(Budget.unlimited());
  }

  /**
   * Does the compaction as far as {@code budget} allows, what pays most first.
   *
   * @return a row per file group and attempt, per reason of files that stay, and of the table
   * @throws CommitFailedException if concurrent commits took files of every group in every attempt;
   *     the table is unchanged
   * @throws IllegalStateException if a group could not be rewritten, or the thread was interrupted;
   *     what was committed before stays
   * @throws org.apache.iceberg.exceptions.CommitStateUnknownException if the catalog cannot say
   *     whether it committed; the new files of that commit are kept
   */
  public List<CompactionRow> run(Budget budget) {
    CompactionPlan first = plan(path -> true);
    List<CompactionRow> rows = new ArrayList<>();
    CompactionPlan plan = first;
    for (int attempt = 1; ; attempt++) {
      Set<String> again = new HashSet<>();
      RuntimeException conflict = null;
      Set<FileGroup> skipped = new LinkedHashSet<>(plan.groups());
      for (Outcome outcome : runs.run(plan, budget)) {
        skipped.remove(outcome.group());
        rows.add(CompactionRow.of(outcome, plan, attempt));
        if (!outcome.committed()) {
          conflict = outcome.conflict();
          outcome.group().files().forEach(file -> again.add(file.path()));
        }
      }
      for (FileGroup group : skipped) {
        rows.add(CompactionRow.skipped(group, plan, attempt));
      }
      if (conflict == null || budget.isSpent() || attempt > options.conflictRetries()) {
        requireProgress(rows, attempt, conflict);
        return closed(rows, first, "committed");
      }
      Attempts.pause(PURPOSE, attempt);
      plan = plan(again::contains);
    }
  }

  private CompactionPlan plan(Predicate<String> paths) {
    target.table().refresh();
    TableDeletes.requireSupported(target.table());
    CompactionPlan plan =
        planner.plan(
            task ->
                where.matches(task.file()) && paths.test(task.file().location())
                    ? Choice.of(task, options)
                    : null);
    LOG.info(
        "Planned {} file groups of {} for snapshot {}",
        plan.groups().size(),
        target.name(),
        plan.snapshotId());
    return plan;
  }

  private void requireProgress(List<CompactionRow> rows, int attempts, RuntimeException conflict) {
    if (conflict != null && rows.stream().noneMatch(row -> row.status().equals("committed"))) {
      throw new CommitFailedException(
          conflict,
          "Cannot %s of %s: in each of %d attempts concurrent commits changed files of every group,"
              + " last: %s; the table is unchanged, call again when there are fewer writers, with a"
              + " larger conflict-retries or a smaller max-file-group-size-bytes",
          PURPOSE,
          target.name(),
          attempts,
          conflict.getMessage());
    }
  }

  private static List<CompactionRow> closed(
      List<CompactionRow> groups, CompactionPlan plan, String done) {
    List<CompactionRow> rows = new ArrayList<>(groups);
    plan.left().forEach((reason, left) -> rows.add(CompactionRow.left(reason, left, plan)));
    rows.add(CompactionRow.table(groups, plan, done));
    return List.copyOf(rows);
  }
}
