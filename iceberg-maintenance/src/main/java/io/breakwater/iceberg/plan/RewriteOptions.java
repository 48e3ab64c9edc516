package io.breakwater.iceberg.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What {@code rewrite_deletion_vectors} may be told in its {@code options} map. Keys that Iceberg's
 * own rewrite procedures have mean the same here.
 *
 * @param targetFileBytes how large a new Puffin file should get
 * @param minFileBytes a Puffin file below this size is worth packing with others
 * @param minInputFiles so many small Puffin files are worth a rewrite
 * @param rewriteAll rewrite every Puffin file whatever its size
 * @param deadRatio a Puffin file is worth a rewrite if this share of its blob bytes is dead
 * @param concurrency how many new Puffin files are written at a time
 * @param maxCommits in how many commits at most
 * @param minAge a Puffin file with a younger vector is left alone
 * @param conflictRetries how often to plan again after a concurrent commit took a planned vector
 */
public record RewriteOptions(
    long targetFileBytes,
    long minFileBytes,
    int minInputFiles,
    boolean rewriteAll,
    double deadRatio,
    int concurrency,
    int maxCommits,
    Duration minAge,
    int conflictRetries) {

  private static final long DEFAULT_TARGET = 64L << 20;
  private static final double DEFAULT_MIN_FILE_RATIO = 0.75;

  /** Iceberg's property of the table, not a key of the map. */
  private static final Option<Long> TABLE_TARGET =
      Option.ofLong(
          "write.delete.target-file-size-bytes",
          String.valueOf(DEFAULT_TARGET),
          1,
          Long.MAX_VALUE,
          "How large Iceberg makes a new delete file.");

  private static final Option<Long> TARGET_FILE_SIZE_BYTES =
      Option.ofLong(
          "target-file-size-bytes",
          "the table's `" + TABLE_TARGET.name() + "`, else " + DEFAULT_TARGET,
          1,
          Long.MAX_VALUE,
          "How large a new Puffin file should get, in bytes; one with a single larger vector gets"
              + " larger.");
  private static final Option<Long> MIN_FILE_SIZE_BYTES =
      Option.ofLong(
          "min-file-size-bytes",
          "75% of the target",
          0,
          Long.MAX_VALUE,
          "A Puffin file below this size, in bytes, is small: it is packed with others. Must be"
              + " less than `target-file-size-bytes`.");
  private static final Option<Long> MIN_INPUT_FILES =
      Option.ofLong(
          "min-input-files",
          "5",
          1,
          Integer.MAX_VALUE,
          "Fewer small Puffin files than this are left alone, unless one of them has too many dead"
              + " bytes.");
  private static final Option<Boolean> REWRITE_ALL =
      Option.ofBoolean(
          "rewrite-all", "false", "Rewrite every Puffin file, whatever its size and dead bytes.");
  private static final Option<Double> DEAD_BYTES_RATIO_THRESHOLD =
      Option.ofRatio(
          "dead-bytes-ratio-threshold",
          "0.3",
          "A Puffin file is rewritten if at least this share of its blob bytes is dead: no longer"
              + " referenced by the table, or bound to a data file that is gone.");
  private static final Option<Long> MAX_CONCURRENT_FILE_GROUP_REWRITES =
      Option.ofLong(
          "max-concurrent-file-group-rewrites",
          "5",
          1,
          256,
          "How many new Puffin files are written at a time; each needs memory for its largest"
              + " vector.");
  private static final Option<Boolean> PARTIAL_PROGRESS_ENABLED =
      Option.ofBoolean(
          "partial-progress.enabled",
          "false",
          "Commit in several steps, each with some of the Puffin files: a concurrent commit can"
              + " only be in the way of one step, and a failure keeps the steps before it.");
  private static final Option<Long> PARTIAL_PROGRESS_MAX_COMMITS =
      Option.ofLong(
          "partial-progress.max-commits",
          "10",
          1,
          10_000,
          "How many commits there may be if `partial-progress.enabled`.");
  private static final Option<Long> MIN_AGE_SECONDS =
      Option.ofLong(
          "min-age-seconds",
          "0",
          0,
          Integer.MAX_VALUE,
          "Yields to writers: a Puffin file with a vector younger than this is left alone. A"
              + " `DELETE` that began before a commit of the rewrite and deletes from the data file"
              + " of a copied vector fails; data files that had no `DELETE` for a while are less"
              + " likely to have one now.");
  private static final Option<Long> CONFLICT_RETRIES =
      Option.ofLong(
          "conflict-retries",
          "3",
          0,
          100,
          "How often to plan and copy again after a concurrent commit replaced or removed a planned"
              + " vector. Retries inside one commit are the table's `commit.retry.*`.");

  /** Every key, in the order of the documentation. */
  public static final List<Option<?>> DECLARED =
      List.of(
          TARGET_FILE_SIZE_BYTES,
          MIN_FILE_SIZE_BYTES,
          MIN_INPUT_FILES,
          REWRITE_ALL,
          DEAD_BYTES_RATIO_THRESHOLD,
          MAX_CONCURRENT_FILE_GROUP_REWRITES,
          PARTIAL_PROGRESS_ENABLED,
          PARTIAL_PROGRESS_MAX_COMMITS,
          MIN_AGE_SECONDS,
          CONFLICT_RETRIES);

  /**
   * Reads an {@code options} map.
   *
   * @param options the keys and values that the caller gave
   * @param tableProperties where the default of the target size comes from
   * @throws IllegalArgumentException if a key is unknown or a value is out of bounds
   */
  public static RewriteOptions of(
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
    return new RewriteOptions(
        target,
        min,
        MIN_INPUT_FILES.read(options, 5L).intValue(),
        REWRITE_ALL.read(options, false),
        DEAD_BYTES_RATIO_THRESHOLD.read(options, 0.3),
        MAX_CONCURRENT_FILE_GROUP_REWRITES.read(options, 5L).intValue(),
        PARTIAL_PROGRESS_ENABLED.read(options, false)
            ? PARTIAL_PROGRESS_MAX_COMMITS.read(options, 10L).intValue()
            : 1,
        Duration.ofSeconds(MIN_AGE_SECONDS.read(options, 0L)),
        CONFLICT_RETRIES.read(options, 3L).intValue());
  }
}
