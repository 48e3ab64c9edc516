package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.RewriteOptions;
import io.breakwater.iceberg.plan.RewritePlan;
import io.breakwater.iceberg.plan.RewritePlanner;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.run.NewPuffin.Replacement;
import io.breakwater.iceberg.run.RewriteResult.Commit;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repacks the live deletion vectors of a table into few Puffin files, in one commit.
 *
 * <p>The commit replaces each vector by its copy with the same data sequence number, spec and
 * partition, so that every scan gives the same rows. It fails as a whole if one of the replaced
 * vectors is no longer there; then the new files are deleted, and the rewrite starts again from the
 * newest snapshot. New files stay only if the catalog could not say whether it committed.
 */
public final class VectorRewrite {
  private static final Logger LOG = LoggerFactory.getLogger(VectorRewrite.class);
  private static final String REWRITE_ID = "breakwater.rewrite-id";
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final int MAX_PAUSE_DOUBLINGS = 6;

  private final Table table;
  private final RewriteOptions options;

  /**
   * A rewrite that is not begun.
   *
   * @param table the table; it is refreshed
   * @param options what is worth a rewrite
   */
  public VectorRewrite(Table table, RewriteOptions options) {
    this.table = table;
    this.options = options;
  }

  /** Says what {@link #run} would do; writes nothing. */
  public RewriteResult dryRun() {
    return RewriteResult.planned(plan());
  }

  /**
   * Does the rewrite.
   *
   * @throws CorruptDeletionVectorException if a vector is damaged; the table is unchanged
   * @throws CommitFailedException if concurrent commits took planned vectors in every attempt; the
   *     table is unchanged
   * @throws CommitStateUnknownException if the catalog cannot say whether it committed; the new
   *     files are kept
   */
  public RewriteResult run() {
    for (int attempt = 1; ; attempt++) {
      RewritePlan plan = plan();
      if (plan.isEmpty()) {
        LOG.info("Nothing to rewrite in {}: {}", table.name(), plan.reason());
        return RewriteResult.planned(plan);
      }
      try {
        return RewriteResult.committed(plan, copyAndCommit(plan, attempt));
      } catch (ValidationException | CommitFailedException e) {
        if (attempt > options.conflictRetries()) {
          throw new CommitFailedException(
              e,
              "Cannot rewrite deletion vectors of %s: in each of %d attempts a concurrent commit"
                  + " changed vectors of the plan, last: %s; the table is unchanged, call again when"
                  + " there are fewer writers or with a larger conflict-retries",
              table.name(),
              attempt,
              e.getMessage());
        }
        LOG.info(
            "Attempt {} to rewrite deletion vectors of {} met a concurrent commit, planning again",
            attempt,
            table.name(),
            e);
        pause(attempt);
      }
    }
  }

  private RewritePlan plan() {
    table.refresh();
    TableDeletes deletes = TableDeletes.read(table);
    RewritePlan plan = RewritePlanner.plan(deletes, PuffinFooters.read(table, deletes), options);
    plan.requireOneVectorPerDataFile();
    return plan;
  }

  private Commit copyAndCommit(RewritePlan plan, int attempt) {
    String id = UUID.randomUUID().toString();
    List<NewPuffin> puffins = copyAndCommit(plan, id);
    // From here on the new files belong to the table: nothing below may delete them.
    Snapshot snapshot = snapshotOf(id);
    LOG.info(
        "Rewrote {} Puffin files of {} into {}, {} = {}",
        plan.sources().size(),
        table.name(),
        puffins.size(),
        REWRITE_ID,
        id);
    return new Commit(
        puffins,
        snapshot == null ? null : snapshot.snapshotId(),
        snapshot == null ? null : TableDeletes.liveDeleteManifests(table, snapshot),
        attempt);
  }

  private List<NewPuffin> copyAndCommit(RewritePlan plan, String id) {
    Queue<String> written = new ConcurrentLinkedQueue<>();
    try {
      List<NewPuffin> puffins = copy(plan, id, written);
      commit(plan, puffins, id);
      return puffins;
    } catch (CommitStateUnknownException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      delete(written, e);
      throw e;
    }
  }

  private List<NewPuffin> copy(RewritePlan plan, String id, Queue<String> written) {
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, 0, 0)
            .format(FileFormat.PUFFIN)
            .operationId(id)
            .suffix("deletes")
            .build();
    VectorCopy copy = new VectorCopy(table);
    return Parallel.map(
        "breakwater-puffin-copy",
        options.concurrency(),
        plan.groups(),
        group -> {
          OutputFile output = files.newOutputFile().encryptingOutputFile();
          written.add(output.location());
          return copy.write(group, output);
        });
  }

  private void commit(RewritePlan plan, List<NewPuffin> puffins, String id) {
    RewriteFiles rewrite =
        table.newRewrite().validateFromSnapshot(plan.deletes().snapshotId()).set(REWRITE_ID, id);
    for (NewPuffin puffin : puffins) {
      for (Replacement replacement : puffin.replacements()) {
        rewrite.deleteFile(replacement.old().file());
        rewrite.addFile(replacement.copy(), replacement.old().file().dataSequenceNumber());
      }
    }
    if (!plan.dangling().isEmpty()) {
      ForwardOnly.require(rewrite, plan.deletes().snapshotId(), table.name());
      plan.dangling().forEach(vector -> rewrite.deleteFile(vector.file()));
    }
    try {
      rewrite.commit();
    } catch (RuntimeException | Error e) {
      if (e instanceof CleanableFailure) {
        throw e;
      }
      // Even an Error may come after the commit: files that the table may need are never deleted.
      throw new CommitStateUnknownException(
          "Cannot tell whether the rewrite of deletion vectors of %s was committed: %s; the new files"
                  .formatted(table.name(), e.getMessage())
              + " %s are kept. If a snapshot has %s = %s in its summary, it was; if none has,"
                  .formatted(puffins.stream().map(NewPuffin::path).toList(), REWRITE_ID, id)
              + " remove_orphan_files removes them",
          e);
    }
  }

  /** The snapshot of our commit, null if somebody expired it meanwhile. */
  private Snapshot snapshotOf(String id) {
    for (Snapshot snapshot : table.snapshots()) {
      if (id.equals(snapshot.summary().get(REWRITE_ID))) {
        return snapshot;
      }
    }
    return null;
  }

  private void delete(Collection<String> paths, Throwable cause) {
    boolean interrupted = Thread.interrupted();
    for (String path : paths) {
      try {
        table.io().deleteFile(path);
      } catch (NotFoundException e) {
        LOG.debug("{} was not created", path, e);
      } catch (RuntimeException e) {
        LOG.warn("Cannot delete {}: remove_orphan_files removes it", path, e);
        cause.addSuppressed(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(int attempt) {
    long most = FIRST_PAUSE_MILLIS << Math.min(attempt, MAX_PAUSE_DOUBLINGS);
    try {
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot rewrite deletion vectors: cancelled", e);
    }
  }
}
