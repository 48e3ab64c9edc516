package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.plan.Option;
import java.util.List;
import java.util.Map;

/**
 * What {@code convert_equality_deletes} may be told in its {@code options} map.
 *
 * @param maxGroupBytes partitions are converted and committed together up to this size of their
 *     data files
 * @param conflictRetries how often to plan and convert a group again after a concurrent commit
 *     changed one of its files
 */
public record ConvertOptions(long maxGroupBytes, int conflictRetries) {
  private static final long DEFAULT_GROUP_BYTES = 100L << 30;

  private static final Option<Long> MAX_FILE_GROUP_SIZE_BYTES =
      Option.ofLong(
          "max-file-group-size-bytes",
          String.valueOf(DEFAULT_GROUP_BYTES),
          1,
          Long.MAX_VALUE,
          "Partitions are converted by one Spark job and one commit as long as their data files have"
              + " no more bytes than this together. Smaller groups meet fewer conflicts with"
              + " concurrent writers. A single partition, and all data files under an unpartitioned"
              + " equality delete, stay in one group whatever their size.");
  private static final Option<Long> CONFLICT_RETRIES =
      Option.ofLong(
          "conflict-retries",
          "3",
          0,
          100,
          "How often to plan and convert a group again after a concurrent commit changed one of its"
              + " files. Retries inside one commit are the table's `commit.retry.*`.");

  /** Every key, in the order of the documentation. */
  public static final List<Option<?>> DECLARED =
      List.of(MAX_FILE_GROUP_SIZE_BYTES, CONFLICT_RETRIES);

  /**
   * Reads an {@code options} map.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of bounds
   */
  public static ConvertOptions of(Map<String, String> options) {
    Option.requireKnown(options, DECLARED);
    return new ConvertOptions(
        MAX_FILE_GROUP_SIZE_BYTES.read(options, DEFAULT_GROUP_BYTES),
        CONFLICT_RETRIES.read(options, 3L).intValue());
  }
}
