package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.SafeCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a plan says: rewrites file groups a few at a time and commits them while others are
 * being rewritten. What was committed stays; what was written and not committed is deleted.
 */
final class GroupRuns {
  private static final Logger LOG = LoggerFactory.getLogger(GroupRuns.class);

  /**
   * What became of one file group.
   *
   * @param group the group
   * @param added the new files
   * @param snapshotId the snapshot of its commit; null if it met a concurrent commit, or if
   *     somebody expired the snapshot already
   * @param conflict the concurrent commit that it met; null if it was committed
   */
  record Outcome(FileGroup group, Set<DataFile> added, Long snapshotId, RuntimeException conflict) {

    boolean committed() {
      return conflict == null;
    }

    long addedBytes() {
      return added.stream().mapToLong(DataFile::fileSizeInBytes).sum();
    }
  }

  private final SparkSession spark;
  private final Target target;
  private final CompactionOptions options;
  private final String purpose;

  GroupRuns(SparkSession spark, Target target, CompactionOptions options, String purpose) {
    this.spark = spark;
    this.target = target;
    this.options = options;
    this.purpose = purpose;
  }

  /**
   * Runs the groups of {@code plan} that {@code budget} has. A group that meets a concurrent commit
   * ends nothing; at the first that cannot be rewritten at all nothing more is committed.
   *
   * @return what became of each group that was begun
   * @throws IllegalStateException if a group could not be rewritten, or the thread was interrupted
   */
  List<Outcome> run(CompactionPlan plan, Budget budget) {
    List<Outcome> outcomes = new ArrayList<>();
    if (plan.groups().isEmpty()) {
      return outcomes;
    }
    int perCommit = 1 + (plan.groups().size() - 1) / options.maxCommits();
    List<Rewritten> ready = new ArrayList<>();
    try (GroupPool pool = new GroupPool(spark, target, options, purpose, plan, budget)) {
      for (int i = 0; i < plan.groups().size(); i++) {
        pool.next().ifPresent(ready::add);
        if (ready.size() >= perCommit) {
          commit(plan, ready, pool, outcomes);
        }
      }
      commit(plan, ready, pool, outcomes);
    }
    return outcomes;
  }

  /** Commits what is ready, together or, if that meets a conflict, one by one. */
  private void commit(
      CompactionPlan plan, List<Rewritten> ready, GroupPool pool, List<Outcome> outcomes) {
    if (ready.size() > 1 && committed(plan, ready, pool, outcomes) == null) {
      ready.clear();
    }
    for (Rewritten one : ready) {
      RuntimeException conflict = committed(plan, List.of(one), pool, outcomes);
      if (conflict != null) {
        outcomes.add(new Outcome(one.group(), Set.of(), null, conflict));
        LOG.info(
            "{} data files of {} met a concurrent commit, they are planned again",
            one.group().files().size(),
            target.name(),
            conflict);
      }
    }
    ready.clear();
  }

  /** Returns the conflict, null if there was none. */
  private RuntimeException committed(
      CompactionPlan plan, List<Rewritten> ready, GroupPool pool, List<Outcome> outcomes) {
    SafeCommit commit = new SafeCommit(target, purpose);
    try {
      Optional<Snapshot> snapshot = commit.run(() -> replace(plan, ready));
      ready.forEach(
          one -> {
            pool.settle(one);
            outcomes.add(
                new Outcome(
                    one.group(),
                    one.added(),
                    snapshot.map(Snapshot::snapshotId).orElse(null),
                    null));
          });
      LOG.info(
          "Committed {} file groups of {}, {} = {}",
          ready.size(),
          target.name(),
          SafeCommit.ID,
          commit.id());
      return null;
    } catch (CommitStateUnknownException e) {
      ready.forEach(pool::settle);
      throw e;
    } catch (ValidationException | CommitFailedException e) {
      return e;
    }
  }

  private RewriteFiles replace(CompactionPlan plan, List<Rewritten> ready) {
    RewriteFiles rewrite = target.table().newRewrite().validateFromSnapshot(plan.snapshotId());
    for (Rewritten one : ready) {
      for (Choice file : one.group().files()) {
        rewrite.deleteFile(file.task().file());
        // With each delete file by name, the commit fails if anybody replaced it since the plan.
        file.ownDeletes().forEach(rewrite::deleteFile);
      }
      one.added().forEach(rewrite::addFile);
    }
    return rewrite;
  }
}
