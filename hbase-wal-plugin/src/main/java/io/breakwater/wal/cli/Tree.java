package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands at and below a path: a directory before what is in it, by name.
 *
 * @param unreadable why directories could not be listed, by path: what is in them is not in {@code
 *     entries}
 */
record Tree(List<PathStatus> entries, Map<String, IOException> unreadable) {

  /** Everything; what is deleted meanwhile may be missing. */
  static Tree below(Workspace workspace, PathStatus top) throws IOException {
    Tree tree = new Tree(new ArrayList<>(), new LinkedHashMap<>());
    tree.add(workspace, top);
    return tree;
  }

  private void add(Workspace workspace, PathStatus status) throws IOException {
    entries.add(status);
    if (!status.directory()) {
      return;
    }
    List<PathStatus> children;
    try {
      children = workspace.list(status.path());
    } catch (NoSuchFileException e) {
      entries.remove(status);
      return;
    } catch (IOException e) {
      unreadable.put(status.path(), e);
      return;
    }
    for (PathStatus child : children) {
      add(workspace, child);
    }
  }

  /** This, for those who need all of it. */
  Tree whole() throws IOException {
    for (Map.Entry<String, IOException> problem : unreadable.entrySet()) {
      throw new IOException(
          "Cannot list " + problem.getKey() + ": " + problem.getValue().getMessage(),
          problem.getValue());
    }
    return this;
  }

  List<PathStatus> logs() {
    return entries.stream().filter(entry -> !entry.directory()).toList();
  }

  List<PathStatus> unsealed() {
    return logs().stream().filter(log -> !log.sealed()).toList();
  }

  long bytes() {
    return logs().stream().mapToLong(PathStatus::length).sum();
  }

  /** When something was last written or moved, in milliseconds since the epoch. */
  long lastChange() {
    return entries.stream().mapToLong(PathStatus::modificationTime).max().orElse(0);
  }
}
