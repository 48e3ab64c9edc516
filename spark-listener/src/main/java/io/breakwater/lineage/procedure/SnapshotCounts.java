package io.breakwater.lineage.procedure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The properties of a snapshot's summary that are read here, by the names that the table
 * specification gives them (appendix F, "optional snapshot summary fields").
 */
final class SnapshotCounts {

  static final String ADDED_DATA_FILES = "added-data-files";
  static final String REMOVED_DATA_FILES = "deleted-data-files";
  static final String ADDED_DELETE_FILES = "added-delete-files";
  static final String REMOVED_DELETE_FILES = "removed-delete-files";
  static final String ADDED_DELETION_VECTORS = "added-dvs";
  static final String REMOVED_DELETION_VECTORS = "removed-dvs";
  static final String ADDED_RECORDS = "added-records";
  static final String REMOVED_RECORDS = "deleted-records";
  static final String ADDED_BYTES = "added-files-size";
  static final String REMOVED_BYTES = "removed-files-size";
  static final String TOTAL_DATA_FILES = "total-data-files";
  static final String TOTAL_DELETE_FILES = "total-delete-files";
  static final String TOTAL_RECORDS = "total-records";
  static final String TOTAL_BYTES = "total-files-size";

  private static final List<String> CHANGES =
      List.of(
          ADDED_DATA_FILES,
          REMOVED_DATA_FILES,
          ADDED_DELETE_FILES,
          REMOVED_DELETE_FILES,
          ADDED_DELETION_VECTORS,
          REMOVED_DELETION_VECTORS,
          ADDED_RECORDS,
          REMOVED_RECORDS,
          ADDED_BYTES,
          REMOVED_BYTES);

  private SnapshotCounts() {}

  /** What a summary says that its snapshot changed. */
  static Map<String, Long> of(Map<String, String> summary) {
    Map<String, Long> counts = new HashMap<>();
    CHANGES.forEach(
        property -> count(summary, property).ifPresent(count -> counts.put(property, count)));
    return counts;
  }

  /** The count, or nothing if the writer left it out or wrote something else than a number. */
  static Optional<Long> count(Map<String, String> summary, String property) {
    String text = summary.get(property);
    return text == null || !text.matches("\\d{1,18}")
        ? Optional.empty()
        : Optional.of(Long.valueOf(text));
  }
}
