package io.breakwater.iceberg.plan;

import java.util.Collection;

/**
 * How many files, and how large they are together.
 *
 * @param files the number of files
 * @param bytes the sum of their sizes
 */
public record FileTotals(int files, long bytes) {
  static final FileTotals NONE = new FileTotals(0, 0);

  FileTotals plus(FileTotals other) {
    return new FileTotals(files + other.files, bytes + other.bytes);
  }

  static FileTotals sum(Collection<FileTotals> totals) {
    return totals.stream().reduce(NONE, FileTotals::plus);
  }
}
