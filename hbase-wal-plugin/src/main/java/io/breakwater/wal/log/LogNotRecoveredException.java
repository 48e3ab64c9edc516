package io.breakwater.wal.log;

import java.io.IOException;

/**
 * The log has left the directory of its writer without being sealed, so what its writer still gets
 * acknowledged is not known. Not an {@link java.io.EOFException}: HBase takes that for the end.
 */
public final class LogNotRecoveredException extends IOException {

  private static final long serialVersionUID = 1L;

  public LogNotRecoveredException(String message) {
    super(message);
  }
}
