package io.breakwater.lineage.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Looks at the records of a spool without a part in it: takes no lock, moves no cursor, changes no
 * file, and does not mind drivers that write or senders that delete meanwhile. It sees what is on
 * the disk, also what has been delivered and not yet deleted. Not thread-safe.
 */
public final class SpoolReader {

  private static final Position START = new Position(0, 0);

  private final Path root;
  private final Consumer<Damage> onDamage;
  private final Map<Path, Position> seen = new HashMap<>();

  /**
   * A reader of all drivers below {@code root}, or of one if it is the directory of a driver.
   *
   * @param onDamage hears of bytes that are no records; the records around them are still seen. Not
   *     of the end of a driver's last segment, which may be in the middle of a write
   */
  public SpoolReader(Path root, Consumer<Damage> onDamage) {
    this.root = root;
    this.onDamage = onDamage;
  }

  /** Passes on the payloads that it has not seen yet, those of each driver in their order. */
  public void poll(Consumer<byte[]> payloads) throws IOException {
    List<Path> drivers = SpoolDirectory.isDriver(root) ? List.of(root) : SpoolDirectory.list(root);
    seen.keySet().retainAll(drivers);
    for (Path driver : drivers) {
      List<Long> segments = segments(driver);
      for (long segment : segments) {
        if (segment >= seen.getOrDefault(driver, START).segment()) {
          boolean last = segment == segments.get(segments.size() - 1);
          pollSegment(driver, segment, last, payloads);
        }
      }
    }
  }

  /** Nothing if the driver's directory was delivered and deleted meanwhile. */
  private static List<Long> segments(Path driver) throws IOException {
    try {
      return SpoolDirectory.segments(driver);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void pollSegment(Path driver, long segment, boolean last, Consumer<byte[]> payloads)
      throws IOException {
    Path file = SpoolDirectory.segmentFile(driver, segment);
    Position from = seen.getOrDefault(driver, START);
    try (SegmentReader reader = new SegmentReader(file, segment)) {
      long limit = reader.size();
      long offset = from.segment() == segment ? from.offset() : 0;
      if (offset == 0) {
        SegmentReader.Broken header = reader.headerDamage(limit).orElse(null);
        if (header != null && last && header.tail()) {
          return;
        }
        offset = header == null ? SegmentFormat.HEADER_BYTES : skip(file, 0, header);
      }
      while (offset < limit) {
        SegmentReader.Item item = reader.read(offset, limit);
        if (item instanceof SegmentReader.Found found) {
          offset = found.end();
          seen.put(driver, new Position(segment, offset));
          payloads.accept(found.payload());
        } else if (item instanceof SegmentReader.Broken broken) {
          if (last && broken.tail()) {
            break;
          }
          offset = skip(file, offset, broken);
        }
      }
      seen.put(driver, new Position(segment, offset));
    } catch (SpoolVersionException e) {
      onDamage.accept(new Damage(file, 0, Files.size(file), e.getMessage(), false));
      seen.put(driver, new Position(segment, Long.MAX_VALUE));
    } catch (NoSuchFileException e) {
      // Delivered and deleted meanwhile: there is nothing to see any more.
      seen.put(driver, new Position(segment, 0));
    }
  }

  private long skip(Path file, long offset, SegmentReader.Broken broken) {
    onDamage.accept(new Damage(file, offset, broken.end() - offset, broken.cause(), false));
    return broken.end();
  }
}
