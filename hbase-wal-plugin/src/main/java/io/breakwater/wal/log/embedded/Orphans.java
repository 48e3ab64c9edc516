package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.Orphan;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Finds the files of {@code logs} that no entry of the tree names. */
final class Orphans {

  /** How often a tree that is changed while it is read is read again. */
  private static final int TRIES = 20;

  private final Path tree;
  private final Path logs;
  private final LogFiles files;

  Orphans(Path tree, Path logs, LogFiles files) {
    this.tree = tree;
    this.logs = logs;
    this.files = files;
  }

  List<Orphan> olderThan(Duration minAge) throws IOException {
    long youngest = System.currentTimeMillis() - minAge.toMillis();
    // The files first: a log that is created meanwhile is then in the names, or not in the files.
    Map<String, Found> found = found();
    Map<UUID, Path> named = named();
    List<Orphan> orphans = new ArrayList<>();
    for (Found file : found.values()) {
      boolean orphaned = file.log().isEmpty() || !named.containsKey(file.log().get());
      if (orphaned && file.changed() <= youngest) {
        orphans.add(new Orphan(file.id(), file.bytes(), file.created()));
      }
    }
    return orphans;
  }

  void delete(Orphan orphan) throws IOException {
    if (LogFiles.isDraft(orphan.id())) {
      Files.deleteIfExists(logs.resolve(orphan.id()));
      LogFiles.syncDirectory(logs);
      return;
    }
    UUID log = UUID.fromString(orphan.id());
    Path name = named().get(log);
    if (name != null) {
      throw new IOException(
          "Cannot delete orphan " + log + ": it is the log /" + tree.relativize(name) + " by now");
    }
    files.delete(log);
  }

  /** The files that belong together. */
  private record Found(String id, Optional<UUID> log, long bytes, long created, long changed) {
    Found with(Found other) {
      return new Found(
          id,
          log,
          bytes + other.bytes,
          Math.min(created, other.created),
          Math.max(changed, other.changed));
    }
  }

  private Map<String, Found> found() throws IOException {
    Map<String, Found> found = new TreeMap<>();
    for (Path file : children(logs)) {
      String name = file.getFileName().toString();
      Optional<UUID> log = LogFiles.owner(name);
      if (log.isEmpty() && !LogFiles.isDraft(name)) {
        continue;
      }
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        long modified = attributes.lastModifiedTime().toMillis();
        String id = log.map(UUID::toString).orElse(name);
        found.merge(id, new Found(id, log, attributes.size(), modified, modified), Found::with);
      } catch (NoSuchFileException e) {
        // Deleted since it was listed, so there is nothing to report.
      }
    }
    return found;
  }

  /**
   * The logs that have a name. A log that moves while the tree is walked can be missed where it was
   * and where it goes, so two walks in a row have to see the same.
   */
  private Map<UUID, Path> named() throws IOException {
    Map<UUID, Path> before = walk();
    for (int i = 0; i < TRIES; i++) {
      Map<UUID, Path> after = walk();
      if (after.equals(before)) {
        return after;
      }
      before = after;
    }
    throw new IOException(
        "Cannot tell which logs of "
            + tree
            + " have a name: it changed during each of "
            + TRIES
            + " walks; try again when less is written");
  }

  private Map<UUID, Path> walk() throws IOException {
    Map<UUID, Path> names = new TreeMap<>();
    walk(tree, names);
    return names;
  }

  private void walk(Path directory, Map<UUID, Path> names) throws IOException {
    for (Path child : children(directory)) {
      if (Files.isDirectory(child)) {
        walk(child, names);
      } else {
        try {
          names.put(Entry.read(child).id(), child);
        } catch (NoSuchFileException e) {
          // Moved or deleted since it was listed: the next walk differs and decides.
        }
      }
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      children.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return found;
  }
}
