package io.breakwater.lineage.spool;

import java.time.Duration;

/**
 * The bounds of a {@link Spool}.
 *
 * @param maxBytes what all drivers' directories below one root may take on the disk; new records
 *     are dropped when it is reached
 * @param segmentBytes size at which a new segment is begun
 * @param bufferBytes payload bytes that may wait for the disk
 * @param bufferTimeout how long an append waits for room in the buffer before it drops its record
 */
public record SpoolOptions(
    long maxBytes, int segmentBytes, long bufferBytes, Duration bufferTimeout) {

  /** 1 GiB on the disk, segments of 8 MiB, a buffer of 16 MiB, 1 s. */
  public static SpoolOptions defaults() {
    return new SpoolOptions(1L << 30, 8 << 20, 16L << 20, Duration.ofSeconds(1));
  }
}
