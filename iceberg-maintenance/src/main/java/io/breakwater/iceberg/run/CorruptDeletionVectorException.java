package io.breakwater.iceberg.run;

/** A Puffin file or a deletion vector in it is not what the table's metadata says. */
public final class CorruptDeletionVectorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CorruptDeletionVectorException(String message, Throwable cause) {
    super(message, cause);
  }
}
