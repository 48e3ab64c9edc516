package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.Attempts;
import io.breakwater.iceberg.run.SafeCommit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts equality deletes, and version 2 position deletes on the way, to deletion vectors.
 *
 * <p>Each group of delete files leaves the table in one commit, which adds vectors with all rows
 * that the files deleted, so that every scan gives the same rows before and after. A vector gets
 * the sequence number of the planned snapshot. Data files, and with them {@code _row_id} and {@code
 * _last_updated_sequence_number}, stay as they are. A commit that meets a concurrent change of its
 * files fails as a whole; its Puffin files are deleted, and the group is planned again.
 */
public final class DeleteConversion {
  private static final Logger LOG = LoggerFactory.getLogger(DeleteConversion.class);
  private static final String PURPOSE = "convert deletes";

  private final SparkSession spark;
  private final Target target;
  private final PartitionFilter where;
  private final ConvertOptions options;
  private final Predicate<DeleteFile> kinds;

  private DeleteConversion(
      SparkSession spark,
      Target target,
      PartitionFilter where,
      ConvertOptions options,
      Predicate<DeleteFile> kinds) {
    this.spark = spark;
    this.target = target;
    this.where = where;
    this.options = options;
    this.kinds = kinds;
  }

  /**
   * A conversion of equality deletes that is not begun.
   *
   * @param spark runs the join
   * @param target the table and branch; the table is refreshed
   * @param where equality deletes of other partitions stay; those of the whole table stay unless
   *     every partition is meant
   * @param options group size and retries
   */
  public static DeleteConversion ofEqualityDeletes(
      SparkSession spark, Target target, PartitionFilter where, ConvertOptions options) {
    TableDeletes.requireSupported(target.table());
    return new DeleteConversion(spark, target, where, options, ConvertPlanner::isEquality);
  }

  /**
   * A conversion of version 2 position deletes that is not begun. It may be planned for a table of
   * any format version, but done only from version 3 on.
   *
   * @param spark reads them
   * @param target the table and branch; the table is refreshed
   * @param where deletes of other partitions stay
   * @param options group size and retries
   */
  public static DeleteConversion ofPositionDeletes(
      SparkSession spark, Target target, PartitionFilter where, ConvertOptions options) {
    return new DeleteConversion(
        spark, target, where, options, file -> !ConvertPlanner.isEquality(file));
  }

  /** A conversion of every version 2 position delete and equality delete, with the same terms. */
  static DeleteConversion ofAllDeletes(SparkSession spark, Target target, ConvertOptions options) {
    return new DeleteConversion(
        spark, target, PartitionFilter.all(target.table()), options, file -> true);
  }

  /**
   * Says what {@link #run} would do; reads manifests only, writes nothing.
   *
   * @return one row per commit, then one for the table
   */
  public List<ConvertRow> dryRun() {
    ConvertPlan plan = plan(kinds);
    List<ConvertRow> rows = new ArrayList<>();
    plan.groups().forEach(group -> rows.add(ConvertRows.planned(plan, group)));
    return ConvertRows.withTable(rows, plan);
  }

  /** Does the whole conversion, as {@link #run(Budget)} does. */
  public List<ConvertRow> run() {
    return run(Budget.unlimited());
  }

  /**
   * Does the conversion as far as {@code budget} allows.
   *
   * @return one row per commit and per group that was skipped, then one for the table
   * @throws org.apache.iceberg.exceptions.CommitFailedException if concurrent commits changed files
   *     of a group in every attempt; groups before it are converted
   * @throws org.apache.iceberg.exceptions.CommitStateUnknownException if the catalog cannot say
   *     whether it committed; the new files are kept
   */
  public List<ConvertRow> run(Budget budget) {
    TableDeletes.requireSupported(target.table());
    ConvertPlan first = plan(kinds);
    Set<String> left = new HashSet<>();
    first.groups().forEach(group -> left.addAll(locations(group)));
    List<ConvertRow> rows = new ArrayList<>();
    List<ConvertGroup> groups = new ArrayList<>(first.groups());
    ConvertPlan plan = first;
    while (!groups.isEmpty()) {
      if (!budget.take(groups.get(0).dataBytes())) {
        rows.add(ConvertRows.skipped(plan, groups.remove(0)));
        continue;
      }
      Work work = new Work(plan, groups);
      rows.add(
          Attempts.run(
              target,
              PURPOSE,
              options.conflictRetries(),
              attempt -> convertFirst(work, attempt, left)));
      plan = work.plan;
      groups = work.groups;
    }
    if (rows.isEmpty()) {
      LOG.info("Nothing to convert in {}", target.name());
    }
    return ConvertRows.withTable(rows, first);
  }

  /** What is left, replaced by a newer plan after a conflict. */
  private static final class Work {
    private ConvertPlan plan;
    private List<ConvertGroup> groups;

    Work(ConvertPlan plan, List<ConvertGroup> groups) {
      this.plan = plan;
      this.groups = groups;
    }
  }

  private ConvertRow convertFirst(Work work, int attempt, Set<String> left) {
    if (attempt > 1) {
      work.plan = plan(file -> kinds.test(file) && left.contains(file.location()));
      work.groups = new ArrayList<>(work.plan.groups());
      if (work.groups.isEmpty()) {
        return ConvertRows.overtaken(work.plan, attempt);
      }
    }
    ConvertGroup group = work.groups.get(0);
    ConvertRow row = convert(work.plan, group, attempt);
    work.groups.remove(0);
    left.removeAll(locations(group));
    return row;
  }

  private ConvertPlan plan(Predicate<DeleteFile> selection) {
    target.table().refresh();
    TableDeletes.requireReadable(target.table());
    return new ConvertPlanner(target, where, selection).plan(options.maxGroupBytes());
  }

  private ConvertRow convert(ConvertPlan plan, ConvertGroup group, int attempt) {
    LOG.info(
        "Converting {} equality delete files with {} rows and {} position delete files of {},"
            + " which may apply to {} data files of {} bytes",
        group.equalityDeletes().size(),
        group.equalityDeleteRows(),
        group.coveredPositionDeletes().size(),
        target.name(),
        group.candidates().size(),
        group.dataBytes());
    SafeCommit commit = new SafeCommit(target, PURPOSE);
    List<DeleteFile> vectors = new ArrayList<>();
    Optional<Snapshot> snapshot =
        commit.run(
            () -> {
              vectors.addAll(new VectorJob(spark, target, plan, group, commit).run());
              return update(plan, group, vectors);
            });
    LOG.info(
        "Converted {} equality delete files of {} to {} deletion vectors, {} = {}",
        group.equalityDeletes().size(),
        target.name(),
        vectors.size(),
        SafeCommit.ID,
        commit.id());
    return ConvertRows.converted(
        plan, group, vectors, snapshot.map(Snapshot::snapshotId).orElse(null), attempt);
  }

  private RewriteFiles update(ConvertPlan plan, ConvertGroup group, List<DeleteFile> vectors) {
    ConcurrentChanges changes = new ConcurrentChanges(plan, group, vectors, target.table().io());
    RewriteFiles update =
        GuardedCommits.of(target, changes::check)
            .newRewrite()
            .validateFromSnapshot(plan.snapshot().snapshotId());
    group.equalityDeletes().forEach(update::deleteFile);
    group.coveredPositionDeletes().forEach(update::deleteFile);
    group.replacedVectors(vectors).forEach(update::deleteFile);
    vectors.forEach(vector -> update.addFile(vector, plan.snapshot().sequenceNumber()));
    return update;
  }

  private static Set<String> locations(ConvertGroup group) {
    Set<String> locations = new HashSet<>();
    group.equalityDeletes().forEach(file -> locations.add(file.location()));
    group.positionDeletes().forEach(file -> locations.add(file.location()));
    return locations;
  }
}
