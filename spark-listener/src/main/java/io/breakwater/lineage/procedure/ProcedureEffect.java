package io.breakwater.lineage.procedure;

import java.util.Map;
import java.util.Set;

/** What a procedure does to the table that its argument {@code table} names. */
enum ProcedureEffect {
  /** Reads it and leaves it as it is. */
  READS,
  /** Reads it and commits to it, or may do so. */
  CHANGES,
  /** Makes it from something else. */
  CREATES;

  private static final Set<String> READERS =
      Set.of(
          "ancestors_of",
          "create_changelog_view",
          "create_row_changes_view",
          "deletion_vector_stats",
          "remove_orphan_files",
          "rewrite_table_path",
          "verify_deletion_vectors");

  private static final Set<String> CREATORS = Set.of("add_files", "register_table", "snapshot");

  /** The effect of {@code procedure} when it is called with {@code arguments}. */
  static ProcedureEffect of(String procedure, Map<String, Object> arguments) {
    if (Boolean.TRUE.equals(arguments.get("dry_run"))) {
      return READS;
    }
    if (Boolean.TRUE.equals(arguments.get("repair"))) {
      return CHANGES;
    }
    if (READERS.contains(procedure)) {
      return READS;
    }
    return CREATORS.contains(procedure) ? CREATES : CHANGES;
  }

  boolean reads() {
    return this != CREATES;
  }

  boolean writes() {
    return this != READS;
  }
}
