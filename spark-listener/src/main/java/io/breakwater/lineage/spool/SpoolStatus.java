package io.breakwater.lineage.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in one driver's directory, read without changing anything but for a moment's lock.
 *
 * @param driver the name of the directory
 * @param owned whether a living driver or tool holds it
 * @param segments how many segment files there are
 * @param bytes their size
 * @param waiting records that are not delivered yet
 * @param damages what could not be read
 * @param unreadable why none of it is read: a later listener has written it; nothing if it is read
 */
public record SpoolStatus(
    String driver,
    boolean owned,
    int segments,
    long bytes,
    long waiting,
    List<Damage> damages,
    Optional<String> unreadable) {

  /** The status of every driver's directory below {@code root}, oldest first. */
  public static List<SpoolStatus> list(Path root) throws IOException {
    List<SpoolStatus> statuses = new ArrayList<>();
    for (Path path : SpoolDirectory.list(root)) {
      of(path).ifPresent(statuses::add);
    }
    return statuses;
  }

  private static Optional<SpoolStatus> of(Path path) throws IOException {
    try (SpoolDirectory claimed = SpoolDirectory.claim(path).orElse(null)) {
      return Optional.of(of(path, claimed == null));
    } catch (SpoolVersionException e) {
      return Optional.of(unreadable(path, false, e));
    } catch (NoSuchFileException e) {
      // Delivered and deleted meanwhile.
      return Optional.empty();
    }
  }

  private static SpoolStatus unreadable(Path path, boolean owned, SpoolVersionException cause)
      throws IOException {
    return new SpoolStatus(
        path.getFileName().toString(),
        owned,
        SpoolDirectory.segments(path).size(),
        DiskUsage.segmentBytes(path),
        0,
        List.of(),
        Optional.of("Cannot read " + cause.getMessage()));
  }

  private static SpoolStatus of(Path path, boolean owned) throws IOException {
    try {
      SpoolDirectory.requireKnownVersions(path);
      List<Damage> damages = new ArrayList<>();
      Position cursor = cursor(path);
      long waiting = 0;
      List<Long> segments = SpoolDirectory.segments(path);
      for (long segment : segments) {
        boolean last = segment == segments.get(segments.size() - 1);
        waiting += count(path, segment, cursor, last, damages);
      }
      return new SpoolStatus(
          path.getFileName().toString(),
          owned,
          segments.size(),
          DiskUsage.segmentBytes(path),
          waiting,
          damages,
          Optional.empty());
    } catch (SpoolVersionException e) {
      return unreadable(path, owned, e);
    }
  }

  private static Position cursor(Path path) throws IOException {
    Path file = SpoolDirectory.cursorFile(path);
    return Files.exists(file) ? Cursor.read(file) : new Position(0, 0);
  }

  private static long count(
      Path path, long segment, Position cursor, boolean last, List<Damage> damages)
      throws IOException {
    long waiting = 0;
    Path file = SpoolDirectory.segmentFile(path, segment);
    try (SegmentReader reader = new SegmentReader(file, segment)) {
      long limit = reader.size();
      Optional<SegmentReader.Broken> header = reader.headerDamage(limit);
      header.ifPresent(broken -> damages.add(damage(file, 0, broken, last)));
      long offset = header.map(SegmentReader.Broken::end).orElse((long) SegmentFormat.HEADER_BYTES);
      while (offset < limit) {
        SegmentReader.Item item = reader.read(offset, limit);
        if (item instanceof SegmentReader.Found found) {
          offset = found.end();
          if (new Position(segment, offset).compareTo(cursor) > 0) {
            waiting++;
          }
        } else if (item instanceof SegmentReader.Broken broken) {
          damages.add(damage(file, offset, broken, last));
          offset = broken.end();
        }
      }
    }
    return waiting;
  }

  private static Damage damage(
      Path file, long offset, SegmentReader.Broken broken, boolean lastSegment) {
    return new Damage(
        file, offset, broken.end() - offset, broken.cause(), lastSegment && broken.tail());
  }
}
