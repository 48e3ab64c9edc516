package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.plan.Option;
import java.util.List;
import java.util.Map;

/**
 * What {@code verify_deletion_vectors} may be told in its {@code options} map.
 *
 * @param maxFindings how many findings are returned, and repaired
 * @param conflictRetries how often to check and repair again after a concurrent commit
 */
public record VerifyOptions(int maxFindings, int conflictRetries) {
  private static final Option<Long> MAX_FINDINGS =
      Option.ofLong(
          "max-findings",
          "100000",
          1,
          10_000_000,
          "How many findings are returned, errors first; the driver holds them. The row of the table"
              + " counts all. Only returned findings are repaired.");
  private static final Option<Long> CONFLICT_RETRIES =
      Option.ofLong(
          "conflict-retries",
          "3",
          0,
          100,
          "How often to check and repair again after a concurrent commit replaced or removed what"
              + " was to be repaired.");

  /** Every key, in the order of the documentation. */
  public static final List<Option<?>> DECLARED = List.of(MAX_FINDINGS, CONFLICT_RETRIES);

  /**
   * Reads an {@code options} map.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of bounds
   */
  public static VerifyOptions of(Map<String, String> options) {
    Option.requireKnown(options, DECLARED);
    return new VerifyOptions(
        MAX_FINDINGS.read(options, 100_000L).intValue(),
        CONFLICT_RETRIES.read(options, 3L).intValue());
  }
}
