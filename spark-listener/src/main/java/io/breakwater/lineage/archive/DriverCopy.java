package io.breakwater.lineage.archive;

import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.Position;
import io.breakwater.lineage.spool.SealedSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The copies of one driver's segments, kept in step with its backlog: what is not delivered is
 * copied once, what is delivered is deleted. Not thread-safe.
 */
final class DriverCopy {

  private final Backlog backlog;
  private final Optional<String> noted;
  private SortedMap<Long, ArchivedSegment> copies;

  DriverCopy(Backlog backlog) throws IOException {
    this.backlog = backlog;
    this.noted = backlog.archive();
  }

  /**
   * Brings the copies up to date; asks for the archive only if there is something to do in it.
   *
   * @param lease how long the driver, or who has adopted its records, is taken for alive
   * @param abandoned whether to leave the rest as it is
   * @return how many segments were copied
   */
  int sync(Archive.Factory archives, Duration lease, BooleanSupplier abandoned) throws IOException {
    if (copies == null) {
      copies = noted.isPresent() ? lookUp(archives.open()) : new TreeMap<>();
    }
    int copied = 0;
    for (SealedSegment segment : backlog.undeliveredSegments()) {
      if (abandoned.getAsBoolean()) {
        return copied;
      }
      if (!copies.containsKey(segment.number()) && copy(archives.open(), segment)) {
        copied++;
      }
    }
    if (!copies.isEmpty()) {
      settle(archives.open(), lease);
    }
    return copied;
  }

  private SortedMap<Long, ArchivedSegment> lookUp(Archive archive) throws IOException {
    SortedMap<Long, ArchivedSegment> found = new TreeMap<>();
    if (noted.orElseThrow().equals(archive.location(backlog.name()))) {
      for (ArchivedSegment segment : archive.segments(backlog.name())) {
        found.put(segment.number(), segment);
      }
    }
    return found;
  }

  private boolean copy(Archive archive, SealedSegment segment) throws IOException {
    try {
      if (copies.isEmpty()) {
        backlog.setArchive(archive.location(backlog.name()));
      }
      copies.put(segment.number(), archive.put(backlog.name(), segment));
      return true;
    } catch (IOException e) {
      if (Files.exists(segment.file())) {
        throw e;
      }
      // Delivered and deleted meanwhile.
      return false;
    }
  }

  private void settle(Archive archive, Duration lease) throws IOException {
    // In this order: records that are in the digest and in a segment do no harm.
    Position delivered = backlog.position();
    byte[] digest = backlog.digestBytes();
    ArchivedSegment last = copies.get(copies.lastKey());
    if (isDelivered(last, delivered)) {
      archive.delete(backlog.name());
      copies.clear();
      return;
    }
    archive.putState(backlog.name(), new ArchiveState(Instant.now(), lease, delivered, digest));
    Iterator<ArchivedSegment> all = copies.values().iterator();
    while (all.hasNext()) {
      ArchivedSegment copy = all.next();
      if (isDelivered(copy, delivered)) {
        archive.delete(backlog.name(), copy);
        all.remove();
      }
    }
  }

  private static boolean isDelivered(ArchivedSegment copy, Position delivered) {
    return new Position(copy.number(), copy.bytes()).compareTo(delivered) <= 0;
  }

  /** Whether there is nothing to keep in step any more. */
  boolean isDone() {
    return backlog.isClosed() && copies != null && copies.isEmpty();
  }
}
