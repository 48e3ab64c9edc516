package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.RewriteOptions;
import io.breakwater.iceberg.plan.RewritePlan;
import io.breakwater.iceberg.plan.RewritePlanner;
import io.breakwater.iceberg.plan.RewriteScope;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.NewPuffin.Replacement;
import io.breakwater.iceberg.run.RewriteResult.Commit;
import io.breakwater.iceberg.run.RewriteResult.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repacks the live deletion vectors of a table into few Puffin files, in one commit or in several
 * steps.
 *
 * <p>A commit replaces each vector by its copy with the same data sequence number, spec and
 * partition, so that every scan gives the same rows. It fails as a whole if one of the replaced
 * vectors is no longer there; then the new files are deleted, and the step starts again from the
 * newest snapshot. New files stay only if the catalog could not say whether it committed.
 */
public final class VectorRewrite {
  private static final Logger LOG = LoggerFactory.getLogger(VectorRewrite.class);
  private static final String PURPOSE = "rewrite deletion vectors";

  private final Target target;
  private final PartitionFilter where;
  private final RewriteOptions options;

  /**
   * A rewrite that is not begun.
   *
   * @param target the table and branch; the table is refreshed
   * @param where a Puffin file without a vector of these partitions is left alone
   * @param options what is worth a rewrite
   */
  public VectorRewrite(Target target, PartitionFilter where, RewriteOptions options) {
    this.target = target;
    this.where = where;
    this.options = options;
  }

  /** Says what {@link #run} would do; writes nothing. */
  public RewriteResult dryRun() {
    return RewriteResult.of(List.of(new Step(plan(), null)), true);
  }

  /** Does the whole rewrite, as {@link #run(Budget)} does. */
  public RewriteResult run() {
    return run(Budget.unlimited());
  }

  /**
   * Does the rewrite as far as {@code budget} allows.
   *
   * @throws CorruptDeletionVectorException if a vector is damaged; steps before it stay, nothing
   *     else is changed
   * @throws org.apache.iceberg.exceptions.CommitFailedException if concurrent commits took planned
   *     vectors in every attempt of a step; the same
   * @throws org.apache.iceberg.exceptions.CommitStateUnknownException if the catalog cannot say
   *     whether it committed; the new files are kept
   */
  public RewriteResult run(Budget budget) {
    RewritePlan plan = plan();
    if (plan.isEmpty()) {
      LOG.info("Nothing to rewrite in {}: {}", target.name(), plan.reason());
      return RewriteResult.of(List.of(new Step(plan, null)), true);
    }
    List<Set<String>> batches = plan.batches(options.maxCommits());
    List<Step> steps = new ArrayList<>();
    boolean complete = true;
    for (Set<String> batch : batches) {
      if (!budget.take(plan.sourceBytes(batch))) {
        LOG.info("Left {} Puffin files of {}: the budget is spent", batch.size(), target.name());
        complete = false;
        continue;
      }
      steps.add(
          Attempts.run(
              target,
              PURPOSE,
              options.conflictRetries(),
              attempt ->
                  attempt(attempt, attempt == 1 && batches.size() == 1 ? plan : plan(batch))));
      LOG.info(
          "Step {} of {} to {} of {} is done",
          steps.size(),
          batches.size(),
          PURPOSE,
          target.name());
    }
    List<Step> committed = steps.stream().filter(step -> step.commit() != null).toList();
    if (!committed.isEmpty()) {
      return RewriteResult.of(committed, complete);
    }
    return RewriteResult.of(
        List.of(steps.isEmpty() ? new Step(plan, null) : steps.get(0)), complete);
  }

  private Step attempt(int attempt, RewritePlan plan) {
    if (plan.isEmpty()) {
      return new Step(plan, null);
    }
    SafeCommit commit = new SafeCommit(target, PURPOSE);
    List<NewPuffin> puffins = new ArrayList<>();
    Optional<Snapshot> snapshot =
        commit.run(
            () -> {
              puffins.addAll(copy(plan, commit));
              return replace(plan, puffins);
            });
    LOG.info(
        "Rewrote {} Puffin files of {} into {}, {} = {}",
        plan.sources().size(),
        target.name(),
        puffins.size(),
        SafeCommit.ID,
        commit.id());
    return new Step(
        plan,
        new Commit(
            puffins,
            snapshot.map(Snapshot::snapshotId).orElse(null),
            snapshot
                .map(made -> TableDeletes.liveDeleteManifests(target.table(), made))
                .orElse(null),
            attempt));
  }

  private RewritePlan plan() {
    TableDeletes deletes = deletes();
    RewriteScope scope = RewriteScope.of(target, where, options.minAge());
    return RewritePlanner.plan(
        deletes, PuffinFooters.read(target.table(), deletes), scope, options);
  }

  /** What is still there of Puffin files that were planned before. */
  private RewritePlan plan(Set<String> paths) {
    TableDeletes deletes = deletes();
    return RewritePlanner.planOf(
        deletes, PuffinFooters.read(target.table(), deletes, paths::contains), options);
  }

  private TableDeletes deletes() {
    target.table().refresh();
    TableDeletes deletes = TableDeletes.read(target);
    deletes.requireOneVectorPerDataFile();
    return deletes;
  }

  private List<NewPuffin> copy(RewritePlan plan, SafeCommit commit) {
    OutputFileFactory files =
        OutputFileFactory.builderFor(target.table(), 0, 0)
            .format(FileFormat.PUFFIN)
            .operationId(commit.id())
            .suffix("deletes")
            .build();
    VectorCopy copy = new VectorCopy(target.table());
    return Parallel.map(
        "breakwater-puffin-copy",
        options.concurrency(),
        plan.groups(),
        group -> {
          OutputFile output = files.newOutputFile().encryptingOutputFile();
          commit.writes(output.location());
          return copy.write(group, output);
        });
  }

  private RewriteFiles replace(RewritePlan plan, List<NewPuffin> puffins) {
    RewriteFiles rewrite =
        target.table().newRewrite().validateFromSnapshot(plan.deletes().snapshotId());
    for (NewPuffin puffin : puffins) {
      for (Replacement replacement : puffin.replacements()) {
        rewrite.deleteFile(replacement.old().file());
        rewrite.addFile(replacement.copy(), replacement.old().file().dataSequenceNumber());
      }
    }
    if (!plan.dangling().isEmpty()) {
      ForwardOnly.require(rewrite, plan.deletes().snapshotId(), target.name());
      plan.dangling().forEach(vector -> rewrite.deleteFile(vector.file()));
    }
    return rewrite;
  }
}
