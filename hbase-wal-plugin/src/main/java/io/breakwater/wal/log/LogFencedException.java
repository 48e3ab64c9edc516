package io.breakwater.wal.log;

import java.io.IOException;

/**
 * The log was fenced, sealed or deleted by another: this writer will never be acknowledged again.
 */
public final class LogFencedException extends IOException {

  private static final long serialVersionUID = 1L;

  public LogFencedException(String message) {
    super(message);
  }
}
