package io.breakwater.wal.log;

import java.io.IOException;

/**
 * Something is stored in a version of its format that this plugin does not know: a later plugin has
 * written it. It is left as it is. The message names the place, both versions and the way out.
 * Deliberately not a {@link LogCorruptException}, which some callers step over.
 */
public final class LogVersionException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param what cannot be done
   * @param place the file, the node or the entry
   * @param found the version that stands there
   * @param known the latest version that this plugin reads
   */
  public LogVersionException(String what, String place, long found, long known) {
    super(
        "Cannot %s: %s is of format version %d, this plugin reads up to %d; it is left as it is: use the plugin that wrote it, or a later one"
            .formatted(what, place, found, known));
  }

  /**
   * Checks a text that begins with the name of its format and a version, such as {@code
   * breakwater-log 1}. A text that begins with something else passes.
   *
   * @param what cannot be done with another version
   * @param known the beginning that this plugin reads
   */
  public static void requireKnown(String what, String place, String text, String known)
      throws LogVersionException {
    int space = known.indexOf(' ') + 1;
    String first = text.lines().findFirst().orElse("");
    if (first.startsWith(known.substring(0, space))
        && first.substring(space).matches("[1-9]\\d{0,8}")
        && !first.equals(known)) {
      throw new LogVersionException(
          what,
          place,
          Long.parseLong(first.substring(space)),
          Long.parseLong(known.substring(space)));
    }
  }
}
