package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Option;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code compact_deleted_rows} may be told in its {@code options} map. Keys that Iceberg's
 * {@code rewrite_data_files} has mean the same here.
 *
 * @param prices what reading and writing costs
 * @param targetFileBytes how large a new data file should get
 * @param minFileBytes a data file below this size may be packed with others
 * @param minInputFiles so many small data files of a partition are worth packing
 * @param deleteRatioThreshold from this share of deleted rows on, a file is rewritten whatever it
 *     costs; above 1 for never
 * @param maxGroupBytes how many bytes are rewritten together at most
 * @param concurrency how many file groups are rewritten at a time
 * @param maxCommits how many commits the work is divided into at most
 * @param conflictRetries how often to plan groups again that met a concurrent commit
 */
public record CompactionOptions(
    Prices prices,
    long targetFileBytes,
    long minFileBytes,
    int minInputFiles,
    double deleteRatioThreshold,
    long maxGroupBytes,
    int concurrency,
    int maxCommits,
    int conflictRetries) {

  private static final long DEFAULT_TARGET = 512L << 20;
  private static final long DEFAULT_OPEN_BYTES = 4L << 20;
  private static final double DEFAULT_MIN_FILE_RATIO = 0.75;
  private static final double NEVER = 2;

  private static final Option<Long> TABLE_TARGET =
      Option.ofLong(
          "write.target-file-size-bytes",
          String.valueOf(DEFAULT_TARGET),
          1,
          Long.MAX_VALUE,
          "How large Iceberg makes a new data file.");
  private static final Option<Long> TABLE_OPEN_COST =
      Option.ofLong(
          "read.split.open-file-cost",
          String.valueOf(DEFAULT_OPEN_BYTES),
          0,
          Long.MAX_VALUE,
          "What opening a file costs a scan.");

  private static final Option<Long> TARGET_FILE_SIZE_BYTES =
      Option.ofLong(
          "target-file-size-bytes",
          "the table's `" + TABLE_TARGET.name() + "`, else " + DEFAULT_TARGET,
          1,
          Long.MAX_VALUE,
          "How large a new data file should get, in bytes.");
  private static final Option<Long> MIN_FILE_SIZE_BYTES =
      Option.ofLong(
          "min-file-size-bytes",
          "75% of the target",
          0,
          Long.MAX_VALUE,
          "A data file below this size, in bytes, is small: it is packed with others if that pays."
              + " Must be less than `target-file-size-bytes`.");
  private static final Option<Long> MIN_INPUT_FILES =
      Option.ofLong(
          "min-input-files",
          "5",
          2,
          Integer.MAX_VALUE,
          "Fewer small data files of a partition than this are left alone, unless another file of"
              + " the group is rewritten for its deleted rows.");
  private static final Option<Double> DELETE_RATIO_THRESHOLD =
      Option.ofRatio(
          "delete-ratio-threshold",
          "none, prices decide",
          "A data file with this share of its rows deleted, or more, is rewritten whatever it"
              + " costs.");
  private static final Option<Double> READ_PRICE =
      price("read-price", "1", "What reading one byte costs, in any unit.");
  private static final Option<Double> WRITE_PRICE =
      price("write-price", "2", "What writing one byte costs, in the same unit.");
  private static final Option<Long> FILE_OPEN_COST =
      Option.ofLong(
          "file-open-cost",
          "the table's `" + TABLE_OPEN_COST.name() + "`, else " + DEFAULT_OPEN_BYTES,
          0,
          Long.MAX_VALUE,
          "Opening a data file or a deletion vector costs as much as reading so many bytes.");
  private static final Option<Long> EXPECTED_SCANS =
      Option.ofLong(
          "expected-scans",
          "8",
          0,
          Integer.MAX_VALUE,
          "How often a data file is read before the next call: what a rewrite saves, it saves so"
              + " many times.");
  private static final Option<Long> MAX_FILE_GROUP_SIZE_BYTES =
      Option.ofLong(
          "max-file-group-size-bytes",
          String.valueOf(10L << 30),
          1,
          Long.MAX_VALUE,
          "How many bytes are rewritten together, and are lost work if a concurrent commit deletes"
              + " rows of one of the files.");
  private static final Option<Long> MAX_CONCURRENT_FILE_GROUP_REWRITES =
      Option.ofLong(
          "max-concurrent-file-group-rewrites",
          "5",
          1,
          256,
          "How many file groups are rewritten at a time, each by one Spark job.");
  private static final Option<Long> MAX_COMMITS =
      Option.ofLong(
          "partial-progress.max-commits",
          "10",
          1,
          Integer.MAX_VALUE,
          "File groups are committed while others are being rewritten, in so many commits at most;"
              + " one that meets a concurrent commit is divided into one per group.");
  private static final Option<Long> CONFLICT_RETRIES =
      Option.ofLong(
          "conflict-retries",
          "3",
          0,
          100,
          "How often to plan and rewrite a file group again after a concurrent commit deleted rows"
              + " of one of its files or took one. Retries inside one commit are the table's"
              + " `commit.retry.*`.");

  /** The keys that are not about what is worth a rewrite, but how one is done. */
  static final List<Option<?>> OF_ANY_REWRITE =
      List.of(
          TARGET_FILE_SIZE_BYTES,
          MAX_FILE_GROUP_SIZE_BYTES,
          MAX_CONCURRENT_FILE_GROUP_REWRITES,
          MAX_COMMITS,
          CONFLICT_RETRIES);

  /** Every key, in the order of the documentation. */
  public static final List<Option<?>> DECLARED =
      List.of(
          TARGET_FILE_SIZE_BYTES,
          MIN_FILE_SIZE_BYTES,
          MIN_INPUT_FILES,
          READ_PRICE,
          WRITE_PRICE,
          FILE_OPEN_COST,
          EXPECTED_SCANS,
          DELETE_RATIO_THRESHOLD,
          MAX_FILE_GROUP_SIZE_BYTES,
          MAX_CONCURRENT_FILE_GROUP_REWRITES,
          MAX_COMMITS,
          CONFLICT_RETRIES);

  /**
   * Reads an {@code options} map.
   *
   * @param options the keys and values that the caller gave
   * @param tableProperties where defaults come from
   * @throws IllegalArgumentException if a key is unknown or a value is out of bounds
   */
  public static CompactionOptions of(
      Map<String, String> options, Map<String, String> tableProperties) {
    Option.requireKnown(options, DECLARED);
    long target =
        TARGET_FILE_SIZE_BYTES.read(options, TABLE_TARGET.read(tableProperties, DEFAULT_TARGET));
    long min = MIN_FILE_SIZE_BYTES.read(options, (long) (DEFAULT_MIN_FILE_RATIO * target));
    if (min >= target) {
      throw new IllegalArgumentException(
          "Invalid %s: %d, must be less than %s, which is %d"
              .formatted(MIN_FILE_SIZE_BYTES.name(), min, TARGET_FILE_SIZE_BYTES.name(), target));
    }
    return new CompactionOptions(
        new Prices(
            READ_PRICE.read(options, 1.0),
            WRITE_PRICE.read(options, 2.0),
            FILE_OPEN_COST.read(options, TABLE_OPEN_COST.read(tableProperties, DEFAULT_OPEN_BYTES)),
            EXPECTED_SCANS.read(options, 8L)),
        target,
        min,
        MIN_INPUT_FILES.read(options, 5L).intValue(),
        DELETE_RATIO_THRESHOLD.read(options, NEVER),
        MAX_FILE_GROUP_SIZE_BYTES.read(options, 10L << 30),
        MAX_CONCURRENT_FILE_GROUP_REWRITES.read(options, 5L).intValue(),
        MAX_COMMITS.read(options, 10L).intValue(),
        CONFLICT_RETRIES.read(options, 3L).intValue());
  }

  private static Option<Double> price(String name, String defaultText, String doc) {
    return new Option<>(
        name, "double", defaultText, "a number of 0 or more", CompactionOptions::parsePrice, doc);
  }

  private static Optional<Double> parsePrice(String text) {
    try {
      return Optional.of(Double.valueOf(text))
          .filter(value -> value >= 0 && value < Double.POSITIVE_INFINITY);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
