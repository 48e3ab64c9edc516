package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Option;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code purge_deleted_rows} may be told in its {@code options} map.
 *
 * @param rewrite how data files are rewritten
 * @param reportPath where the proof is written as JSON
 */
public record PurgeOptions(CompactionOptions rewrite, Optional<String> reportPath) {
  private static final Option<String> REPORT_PATH =
      new Option<>(
          "report-path",
          "string",
          "none",
          "a location that the table's file IO can write and where nothing is yet",
          text -> Optional.of(text).filter(path -> !path.isBlank()),
          "Where to write the proof, as JSON.");

  /** Every key, in the order of the documentation. */
  public static final List<Option<?>> DECLARED =
      Stream.concat(Stream.of(REPORT_PATH), CompactionOptions.OF_ANY_REWRITE.stream())
          .<Option<?>>map(option -> option)
          .toList();

  /**
   * Reads an {@code options} map.
   *
   * @param options the keys and values that the caller gave
   * @param tableProperties where defaults come from
   * @throws IllegalArgumentException if a key is unknown or a value is out of bounds
   */
  public static PurgeOptions of(Map<String, String> options, Map<String, String> tableProperties) {
    Option.requireKnown(options, DECLARED);
    Map<String, String> rewrite = new HashMap<>(options);
    rewrite.remove(REPORT_PATH.name());
    return new PurgeOptions(
        CompactionOptions.of(rewrite, tableProperties),
        Optional.ofNullable(REPORT_PATH.read(options, null)));
  }

  /** Refuses a place where something is. */
  IllegalArgumentException invalidReportPath() {
    return new IllegalArgumentException(
        "Invalid %s: %s, must be %s"
            .formatted(REPORT_PATH.name(), reportPath.orElse(""), REPORT_PATH.bound()));
  }
}
