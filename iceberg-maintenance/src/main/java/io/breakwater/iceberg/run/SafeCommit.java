package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.Target;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes files and commits them, once: either the commit succeeds, or the files are deleted. They
 * stay only if the catalog could not say whether it committed. The snapshot's summary has {@value
 * #ID}, by which people and retries find it again.
 */
public final class SafeCommit {
  /** The key of the id in the snapshot's summary. */
  public static final String ID = "breakwater.commit-id";

  private static final Logger LOG = LoggerFactory.getLogger(SafeCommit.class);
  private static final int NAMED_FILES = 20;

  private final Target target;
  private final String purpose;
  private final String id = UUID.randomUUID().toString();
  private final Queue<String> written = new ConcurrentLinkedQueue<>();

  /**
   * A commit that is not begun.
   *
   * @param target what is changed
   * @param purpose what it is for, as in "Cannot <i>rewrite deletion vectors</i> of db.t"
   */
  public SafeCommit(Target target, String purpose) {
    this.target = target;
    this.purpose = purpose;
  }

  /** The id in the snapshot's summary; good for the names of the files, too. */
  public String id() {
    return id;
  }

  /** Says that the file at {@code path} is about to be written. Thread-safe. */
  public void writes(String path) {
    written.add(path);
  }

  /**
   * Runs {@code work}, which writes files and returns the update that adds them, and commits it to
   * the branch.
   *
   * @return the new snapshot; nothing if somebody expired it already
   * @throws org.apache.iceberg.exceptions.ValidationException if a concurrent commit is in the way;
   *     the files are deleted
   * @throws org.apache.iceberg.exceptions.CommitFailedException the same
   * @throws CommitStateUnknownException if it may have been committed; the files are kept
   */
  public <T extends SnapshotUpdate<T>> Optional<Snapshot> run(Supplier<T> work) {
    try {
      commit(work.get());
    } catch (CommitStateUnknownException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      delete(e);
      throw e;
    }
    // From here on the new files belong to the table: nothing below may delete them.
    return snapshot();
  }

  private <T extends SnapshotUpdate<T>> void commit(T update) {
    target.commitTo(update).set(ID, id);
    if (Thread.interrupted()) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot %s of %s: cancelled; the table is unchanged".formatted(purpose, target.name()));
    }
    try {
      update.commit();
    } catch (RuntimeException | Error e) {
      if (e instanceof CleanableFailure) {
        throw e;
      }
      // Even an Error may come after the commit: files that the table may need are never deleted.
      throw new CommitStateUnknownException(
          "Cannot tell whether the commit to %s of %s was done: %s; the new files %s are kept. If a"
                  .formatted(purpose, target.name(), e.getMessage(), names())
              + " snapshot has %s = %s in its summary, it was; if none has, remove_orphan_files"
                  .formatted(ID, id)
              + " removes them",
          e);
    }
  }

  private Optional<Snapshot> snapshot() {
    for (Snapshot snapshot : target.table().snapshots()) {
      if (id.equals(snapshot.summary().get(ID))) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  private String names() {
    List<String> first = written.stream().limit(NAMED_FILES).toList();
    int more = written.size() - first.size();
    return more == 0 ? first.toString() : "%s and %d more".formatted(first, more);
  }

  private void delete(Throwable cause) {
    deleteQuietly(target, written, cause);
  }

  /** Deletes files that no snapshot has; what cannot be deleted is said in the log. */
  static void deleteQuietly(Target target, Collection<String> paths, Throwable cause) {
    boolean interrupted = Thread.interrupted();
    for (String path : paths) {
      try {
        target.table().io().deleteFile(path);
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
}
