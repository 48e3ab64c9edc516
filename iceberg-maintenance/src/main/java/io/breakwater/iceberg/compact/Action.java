package io.breakwater.iceberg.compact;

import java.util.Locale;

/** What becomes of a data file. */
enum Action {
  /** Every row is deleted: the file leaves the table by metadata only. */
  DROP,
  /** The file is read and written again for its deleted rows. */
  REWRITE,
  /** The file is small and is written into one with others. */
  REPACK,
  /** Nothing. */
  LEAVE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
