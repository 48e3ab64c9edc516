package io.breakwater.iceberg.history;

import io.breakwater.iceberg.procedure.Procedures;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A procedure, and the ways in which the histories call it on a table.
 *
 * @param procedure its name after {@code system.}
 * @param writes whether it may commit
 * @param arguments what may follow the table in a call, one of them is drawn
 */
public record Upkeep(String procedure, boolean writes, List<String> arguments) {

  /** Ours. A new procedure is one more line. */
  private static final List<Upkeep> OURS =
      List.of(
          writes(
              "compact_deleted_rows",
              "",
              "options => map('file-open-cost', '0', 'delete-ratio-threshold', '0.1')",
              "options => map('min-input-files', '2', 'max-file-group-size-bytes', '6000')",
              "dry_run => true"),
          reads("create_row_changes_view", "", "net => true"),
          writes("convert_equality_deletes", ""),
          reads("deletion_vector_stats", ""),
          writes(
              "maintain_deletion_vectors",
              "",
              "max_bytes => 20000",
              "dry_run => true",
              "options => map('compact_deleted_rows.delete-ratio-threshold', '0.1')"),
          writes(
              "purge_deleted_rows",
              "where => 'part = 1'",
              "where => 'id % 5 = 0'",
              "where => 'id < 40', dry_run => true"),
          writes(
              "rewrite_deletion_vectors",
              "options => map('min-input-files', '1')",
              "options => map('rewrite-all', 'true', 'target-file-size-bytes', '2000')",
              "",
              "dry_run => true, options => map('rewrite-all', 'true')"),
          writes("upgrade_to_deletion_vectors", "equality_deletes => true", "verify => false"),
          reads("verify_deletion_vectors", "", "repair => true, dry_run => true"));

  /** Iceberg's own, which users run beside ours. */
  private static final List<Upkeep> STOCK =
      List.of(
          writes(
              "rewrite_data_files",
              "options => map('delete-file-threshold', '1', 'min-input-files', '2')",
              "options => map('delete-ratio-threshold', '0.2', 'remove-dangling-deletes', 'true')"),
          writes("rewrite_position_delete_files", "options => map('rewrite-all', 'true')"),
          writes("rewrite_manifests", ""));

  private static Upkeep reads(String procedure, String... arguments) {
    return new Upkeep(procedure, false, List.of(arguments));
  }

  private static Upkeep writes(String procedure, String... arguments) {
    return new Upkeep(procedure, true, List.of(arguments));
  }

  /**
   * All procedures of ours.
   *
   * @throws AssertionError if one that is registered has no line here
   */
  public static List<Upkeep> ours() {
    List<String> missing = new ArrayList<>(Procedures.names());
    OURS.forEach(upkeep -> missing.remove(upkeep.procedure));
    if (!missing.isEmpty()) {
      throw new AssertionError(
          "Cannot run every procedure: Upkeep.OURS has no line for " + missing);
    }
    return OURS;
  }

  /** All procedures, ours twice as often as Iceberg's. */
  static List<Upkeep> all() {
    return Stream.of(ours(), ours(), STOCK).flatMap(List::stream).toList();
  }

  /** The first of the calls on {@code table} of {@code catalog}. */
  public Call firstCall(String catalog, String table) {
    return call(catalog, table, arguments.get(0));
  }

  /** One of the calls on {@code table} of {@code catalog}. */
  Call drawCall(Random random, String catalog, String table) {
    return call(catalog, table, arguments.get(random.nextInt(arguments.size())));
  }

  private Call call(String catalog, String table, String more) {
    return new Call(
        "CALL %s.system.%s(table => '%s'%s)"
            .formatted(catalog, procedure, table, more.isEmpty() ? "" : ", " + more),
        writes && !more.contains("dry_run => true"));
  }

  /**
   * A call.
   *
   * @param sql its text
   * @param mayCommit whether the table may have a new snapshot after it
   */
  public record Call(String sql, boolean mayCommit) {}
}
