package io.breakwater.wal.log;

import java.io.IOException;

/**
 * Stored bytes do not match their checksum or their place. The message names file, offset and
 * cause. Deliberately not an {@link java.io.EOFException} nor a checksum exception of Hadoop: HBase
 * takes those for the end of a log.
 */
public final class LogCorruptException extends IOException {

  private static final long serialVersionUID = 1L;

  public LogCorruptException(String message) {
    super(message);
  }
}
