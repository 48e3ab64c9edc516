package io.breakwater.iceberg.verify;

/** Says in a line why something could not be read. */
final class Problems {
  private static final int MAX_LENGTH = 500;

  private Problems() {}

  /** The message of {@code e} and of what caused it. */
  static String of(Throwable e) {
    StringBuilder text = new StringBuilder(one(e));
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      String more = one(cause);
      if (text.indexOf(more) < 0) {
        text.append("; ").append(more);
      }
    }
    return text.length() <= MAX_LENGTH ? text.toString() : text.substring(0, MAX_LENGTH);
  }

  private static String one(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
