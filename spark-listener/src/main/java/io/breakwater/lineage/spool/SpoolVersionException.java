package io.breakwater.lineage.spool;

import java.io.IOException;

/**
 * A file of a spool or of its copies is of a version of its format that this listener does not
 * know: a later one has written it. It is left as it is, with everything beside it.
 */
public final class SpoolVersionException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param file names the file
   * @param found the version that stands in it
   * @param known the latest version that this listener reads
   */
  public SpoolVersionException(String file, long found, long known) {
    super(
        "%s is of format version %d, this spark-listener reads up to %d; it is left as it is: use the spark-listener that wrote it, or a later one"
            .formatted(file, found, known));
  }
}
