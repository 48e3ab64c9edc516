package io.breakwater.wal.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Random-access reader of one log. Safe for use by many threads, which take turns. */
public interface LogReader extends Closeable {

  /**
   * Reads bytes at {@code position}, at least one unless {@code target} is full or the end is
   * reached. Every byte returned has been verified against its checksum.
   *
   * @return the number of bytes read, or -1 if {@code position} is at or beyond the end as it is
   *     now
   * @throws LogCorruptException if the bytes at {@code position} are damaged
   */
  int read(long position, ByteBuffer target) throws IOException;

  /** Bytes that can be read now: final for a sealed log, growing for an open one. */
  long length() throws IOException;
}
