package io.breakwater.iceberg.compact;

import java.util.Arrays;
import java.util.List;

/** A way to look after the table once an hour. */
enum Arm {
  NONE("no maintenance"),

  /** Everything anew, many file groups at a time, partial progress. */
  STOCK(
      "rewrite_data_files, rewrite-all",
      "CALL lake.system.rewrite_data_files(table => '%s', options => map('rewrite-all','true',"
          + "'partial-progress.enabled','true','max-concurrent-file-group-rewrites','100',"
          + "'target-file-size-bytes','"
          + MergeWorkload.TARGET_FILE_BYTES
          + "'))"),

  OURS(
      "compact_deleted_rows + rewrite_deletion_vectors",
      "CALL lake.system.compact_deleted_rows(table => '%s', options => map("
          + "'target-file-size-bytes','"
          + MergeWorkload.TARGET_FILE_BYTES
          + "','file-open-cost','"
          + MergeWorkload.OPEN_COST_BYTES
          + "','min-input-files','"
          + MergeWorkload.MIN_INPUT_FILES
          + "'))",
      "CALL lake.system.rewrite_deletion_vectors(table => '%s')");

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // nobody writes into it
  private final String[] calls;

  Arm(String label, String... calls) {
    this.label = label;
    this.calls = calls;
  }

  String label() {
    return label;
  }

  /** The name of the table of this arm, without the catalog. */
  String table() {
    return "db." + name().toLowerCase(java.util.Locale.ROOT);
  }

  List<String> calls() {
    return Arrays.stream(calls).map(call -> call.formatted(table())).toList();
  }
}
