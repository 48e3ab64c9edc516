package io.breakwater.lineage.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Bytes of all segments below a root, measured now and then and kept up to date in between. What
 * other users have closed to this one is not counted.
 */
final class DiskUsage {

  private final Path root;
  private final AtomicLong bytes = new AtomicLong();

  DiskUsage(Path root) throws IOException {
    this.root = root;
    measure();
  }

  long bytes() {
    return bytes.get();
  }

  void add(long more) {
    bytes.addAndGet(more);
  }

  void measure() throws IOException {
    long sum = 0;
    for (Path directory : SpoolDirectory.list(root)) {
      sum += segmentBytes(directory);
    }
    bytes.set(sum);
  }

  /** Bytes of the segments in one driver's directory; others may delete them meanwhile. */
  static long segmentBytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(SpoolDirectory.SEGMENT_SUFFIX))
          .mapToLong(DiskUsage::size)
          .sum();
    } catch (NoSuchFileException | AccessDeniedException e) {
      return 0;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
