package io.breakwater.wal.fs;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The paths of a workspace, handled as HDFS handles its own. Errors are those of {@link Workspace}.
 */
final class Namespace {

  private static final Logger LOG = LoggerFactory.getLogger(Namespace.class);

  private final Workspace workspace;

  Namespace(Workspace workspace) {
    this.workspace = workspace;
  }

  /**
   * Renames, into {@code target} if that is a directory.
   *
   * @return false, with the reason in the log, if there is no {@code source}, no directory to
   *     rename into, or something at the target
   */
  boolean rename(String source, String target) throws IOException {
    String to = target;
    Optional<PathStatus> present = workspace.status(to);
    if (present.isPresent() && present.get().directory()) {
      to = (to.equals("/") ? "" : to) + source.substring(source.lastIndexOf('/'));
      present = workspace.status(to);
    }
    if (source.equals(to)) {
      return present.isPresent() && !present.get().directory();
    }
    if (source.equals("/") || to.startsWith(source + "/")) {
      return notRenamed(source, to, "the target is below the source");
    }
    if (present.isPresent()) {
      return notRenamed(source, to, "the target exists");
    }
    if (!workspace.status(parent(to)).map(PathStatus::directory).orElse(false)) {
      return notRenamed(source, to, "the directory of the target does not exist");
    }
    try {
      workspace.rename(source, to);
      return true;
    } catch (NoSuchFileException e) {
      return notRenamed(source, to, e.getFile() + " does not exist");
    } catch (FileAlreadyExistsException e) {
      return notRenamed(source, to, e.getFile() + " exists");
    }
  }

  private boolean notRenamed(String from, String to, String reason) {
    LOG.warn("Cannot rename {} to {} in workspace {}: {}", from, to, workspace.name(), reason);
    return false;
  }

  /**
   * Deletes a file or a directory; the root stays.
   *
   * @return false if nothing was there to delete
   * @throws DirectoryNotEmptyException if something is in the directory and not {@code recursive}
   */
  boolean delete(String path, boolean recursive) throws IOException {
    Optional<PathStatus> status = workspace.status(path);
    if (status.isEmpty()) {
      return false;
    }
    if (status.get().directory()) {
      List<PathStatus> children = workspace.list(path);
      if (!children.isEmpty() && !recursive) {
        throw new DirectoryNotEmptyException(path);
      }
      if (path.equals("/")) {
        return false;
      }
      deleteAll(children);
    }
    workspace.delete(path);
    return true;
  }

  private void deleteAll(List<PathStatus> children) throws IOException {
    for (PathStatus child : children) {
      try {
        if (child.directory()) {
          deleteAll(workspace.list(child.path()));
        }
        workspace.delete(child.path());
      } catch (NoSuchFileException e) {
        LOG.debug("{} was deleted by somebody else meanwhile", child.path());
      }
    }
  }

  /** The path of the directory in which {@code path} stands; that of the root is the root. */
  static String parent(String path) {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }
}
