package io.breakwater.iceberg.plan;

import java.util.List;

/**
 * How many rows a set of deletion vectors hides. Vectors without a data file count as dangling
 * only.
 *
 * @param vectors vectors with a data file
 * @param dangling vectors without a data file
 * @param deleted rows that are deleted
 * @param rows all rows of the data files
 * @param maxRatio the largest share of deleted rows in one data file
 * @param filesOverRatio data files that Iceberg would rewrite for their share of deleted rows
 */
record DeletedRows(
    long vectors, long dangling, long deleted, long rows, double maxRatio, long filesOverRatio) {

  static DeletedRows of(List<LiveVector> vectors) {
    List<LiveVector> bound = vectors.stream().filter(vector -> !vector.dangling()).toList();
    return new DeletedRows(
        bound.size(),
        vectors.size() - bound.size(),
        bound.stream().mapToLong(vector -> vector.file().recordCount()).sum(),
        bound.stream().mapToLong(LiveVector::dataRows).sum(),
        bound.stream().mapToDouble(DeletedRows::ratio).max().orElse(0),
        bound.stream().filter(vector -> ratio(vector) >= Advice.DELETED_ROW_RATIO).count());
  }

  double ratio() {
    return rows == 0 ? 0 : (double) deleted / rows;
  }

  private static double ratio(LiveVector vector) {
    return vector.dataRows() == 0 ? 0 : (double) vector.file().recordCount() / vector.dataRows();
  }
}
