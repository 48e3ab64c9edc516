package io.breakwater.wal.log;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A namespace of directories and append-only logs that outlives the cluster which writes to it.
 *
 * <p>Paths are absolute, separated by {@code /}, without {@code .} and {@code ..}; the root {@code
 * /} always exists. A log keeps its identity when it or a directory above it is renamed: an open
 * {@link LogAppender} goes on writing to the same log.
 *
 * <p>Every change of the namespace is durable when its method returns, and is seen by every process
 * that opened the same workspace. Where a method says <i>atomic</i>, a crash leaves either the
 * state before or the state after. A missing path is a {@link java.nio.file.NoSuchFileException}.
 *
 * <p>Implementations are safe for use by many threads and by many processes at once.
 */
public interface Workspace extends Closeable {

  /** The name under which users refer to this workspace: the authority of {@code bwal://name/}. */
  String name();

  /** What stands at {@code path}, or nothing. */
  Optional<PathStatus> status(String path) throws IOException;

  /**
   * What stands directly in the directory {@code path}, ordered by name.
   *
   * @throws java.nio.file.NotDirectoryException if {@code path} is a log
   */
  List<PathStatus> list(String path) throws IOException;

  /**
   * Makes the directory {@code path} and those above it; what exists stays.
   *
   * @throws java.nio.file.FileAlreadyExistsException if a log stands at {@code path}
   * @throws java.nio.file.NotDirectoryException if a log stands above it
   */
  void createDirectories(String path) throws IOException;

  /**
   * Creates an empty log, atomically, and opens it for append. The directory must exist: a server
   * whose directory was renamed away can therefore not create another log in it.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something stands at {@code path}
   * @throws java.nio.file.NoSuchFileException if the directory does not exist
   * @throws WorkspaceOwnedException if another cluster took the workspace after this process owned
   *     it
   */
  LogAppender create(String path) throws IOException;

  /**
   * Opens a log for reading. A log that is still open for append, by any process, is read up to
   * what has been written; the reader sees more as it comes.
   *
   * @throws LogNotRecoveredException if the log was moved out of the directory in which it was
   *     created and has not been sealed: its writer may be alive, so its end is not known
   */
  LogReader open(String path) throws IOException;

  /**
   * Fences the log and seals it. After return no append of any older writer will ever be
   * acknowledged, in whatever process and in whatever state it is, and the log has a final length
   * that covers every acknowledged byte. A torn tail, which cannot have been acknowledged, is cut.
   * Damage below the tail does not fail this call: the sealed log keeps it, and reading it throws
   * {@link LogCorruptException}. Calling again, also after a crash in the middle, is harmless.
   *
   * @return the sealed length in bytes
   */
  long recover(String path) throws IOException;

  /**
   * Renames a log or a directory, atomically. A writer of the log is not disturbed.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something stands at {@code target}
   * @throws java.nio.file.NoSuchFileException if {@code source} or the directory of {@code target}
   *     does not exist
   */
  void rename(String source, String target) throws IOException;

  /**
   * Deletes a log or an empty directory. A writer of a deleted log is fenced.
   *
   * @throws java.nio.file.DirectoryNotEmptyException if something is in the directory
   */
  void delete(String path) throws IOException;

  /** Sets the modification time, in milliseconds since the epoch. */
  void setModificationTime(String path, long millis) throws IOException;

  /**
   * Storage that no log names and that nobody has changed for {@code minAge}, ordered by id. A log
   * that is about to be created is not named yet, so {@code minAge} must be longer than any process
   * may be paused.
   *
   * @throws LogCorruptException if what an entry of the namespace names cannot be read: then
   *     nothing can be shown to be named by none
   */
  List<Orphan> orphans(Duration minAge) throws IOException;

  /**
   * Deletes what {@link #orphans} has found; harmless if it is gone already.
   *
   * @throws IOException if a log names it by now
   */
  void deleteOrphan(Orphan orphan) throws IOException;

  /**
   * Makes the cluster {@code name} the owner of the workspace, and this process one of it. Who owns
   * it already joins. If another cluster does and none of its processes is alive, or with {@code
   * takeover}, it loses the workspace for good: none of its processes can create a log any more,
   * and every log that is not sealed is recovered, so that none of its writers is acknowledged
   * after return. A process that has never called this may create logs whoever the owner is: a
   * tool.
   *
   * @param name of a cluster, another for each that may live at the same time
   * @return the epoch of the owner
   * @throws WorkspaceOwnedException if another cluster owns it and is alive, and not {@code
   *     takeover}
   */
  long own(String name, boolean takeover) throws IOException;

  /** The cluster that owns the workspace, if there has been one. */
  Optional<Owner> owner() throws IOException;

  /** Releases what this object holds in this process. Open appenders and readers stay usable. */
  @Override
  void close() throws IOException;
}
