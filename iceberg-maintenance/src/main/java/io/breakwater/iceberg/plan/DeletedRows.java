package io.breakwater.iceberg.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * How many rows a set of deletion vectors hides. Vectors without a data file count as dangling
 * only.
 *
 * @param vectors vectors with a data file
 * @param dangling vectors without a data file
 * @param deleted rows that are deleted
 * @param rows all rows of the data files
 * @param maxRatio the largest share of deleted rows in one data file
 * @param filesOverRatio data files that are worth a rewrite for their share of deleted rows
 * @param bytesOverRatio their sizes
 * @param keptBytesOverRatio the part of their sizes that rows make up which are not deleted
 * @param vectorsByCardinality vectors by how many rows they delete, in powers of ten
 * @param filesByRatio data files by their share of deleted rows
 */
record DeletedRows(
    long vectors,
    long dangling,
    long deleted,
    long rows,
    double maxRatio,
    long filesOverRatio,
    long bytesOverRatio,
    long keptBytesOverRatio,
    Map<String, Long> vectorsByCardinality,
    Map<String, Long> filesByRatio) {
  private static final double[] RATIOS = {0, 0.01, 0.05, 0.1, 0.3, 0.5, 1};

  static DeletedRows of(List<LiveVector> vectors) {
    List<LiveVector> bound = vectors.stream().filter(vector -> !vector.dangling()).toList();
    List<LiveVector> over =
        bound.stream().filter(vector -> vector.deletedRatio() >= Advice.DELETED_ROW_RATIO).toList();
    return new DeletedRows(
        bound.size(),
        vectors.size() - bound.size(),
        bound.stream().mapToLong(vector -> vector.file().recordCount()).sum(),
        bound.stream().mapToLong(LiveVector::dataRows).sum(),
        bound.stream().mapToDouble(LiveVector::deletedRatio).max().orElse(0),
        over.size(),
        over.stream().mapToLong(LiveVector::dataBytes).sum(),
        over.stream()
            .mapToLong(vector -> Math.round(vector.dataBytes() * (1 - vector.deletedRatio())))
            .sum(),
        histogram(
            bound, vector -> magnitude(vector.file().recordCount()), DeletedRows::magnitudeName),
        histogram(bound, vector -> ratioClass(vector.deletedRatio()), DeletedRows::ratioName));
  }

  /** Counts by class, the classes in ascending order. */
  private static Map<String, Long> histogram(
      List<LiveVector> vectors, ToIntFunction<LiveVector> classOf, IntFunction<String> name) {
    Map<Integer, Long> counts = new TreeMap<>();
    vectors.forEach(vector -> counts.merge(classOf.applyAsInt(vector), 1L, Long::sum));
    Map<String, Long> named = new LinkedHashMap<>();
    counts.forEach((key, count) -> named.put(name.apply(key), count));
    return Collections.unmodifiableMap(named);
  }

  private static int magnitude(long cardinality) {
    return String.valueOf(cardinality).length() - 1;
  }

  private static String magnitudeName(int magnitude) {
    String zeros = "0".repeat(magnitude);
    return "1" + zeros + "-" + "9".repeat(magnitude + 1);
  }

  private static int ratioClass(double ratio) {
    int index = RATIOS.length - 1;
    while (RATIOS[index] > ratio) {
      index--;
    }
    return index;
  }

  private static String ratioName(int index) {
    String from = String.valueOf(Math.round(100 * RATIOS[index]));
    return index == RATIOS.length - 1
        ? from + "%"
        : from + "-" + Math.round(100 * RATIOS[index + 1]) + "%";
  }

  double ratio() {
    return rows == 0 ? 0 : (double) deleted / rows;
  }
}
