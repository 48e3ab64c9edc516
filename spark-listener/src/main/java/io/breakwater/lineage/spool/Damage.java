package io.breakwater.lineage.spool;

import java.nio.file.Path;

/**
 * Bytes of a segment that are no records.
 *
 * @param file the segment
 * @param offset where the bytes begin
 * @param length how many there are
 * @param cause what is wrong at {@code offset}
 * @param tornTail whether they are the end of the last segment: what a crash in the middle of a
 *     write leaves, and nothing that was ever durable
 */
public record Damage(Path file, long offset, long length, String cause, boolean tornTail) {

  /** One line for a log or a terminal. */
  public String describe() {
    return tornTail
        ? String.format("Cut %d bytes of a torn write at %s:%d: %s", length, file, offset, cause)
        : String.format("Cannot read %d bytes at %s:%d: %s", length, file, offset, cause);
  }
}
