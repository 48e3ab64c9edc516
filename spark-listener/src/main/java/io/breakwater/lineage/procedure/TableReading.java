package io.breakwater.lineage.procedure;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What was read from a table for a call. Not to be changed once it is made.
 *
 * @param table the table as a dataset of OpenLineage, without input and output facets
 * @param source where the call's data come from, if not from the table
 * @param before the table when the call began
 * @param after the table when the call ended
 * @param commits the snapshots that the call made, in order
 * @param problem why something is missing, for people
 */
record TableReading(
    Optional<ObjectNode> table,
    Optional<ObjectNode> source,
    Optional<TableState> before,
    Optional<TableState> after,
    List<Commit> commits,
    Optional<String> problem) {

  /** Nothing was read. */
  static TableReading nothing(String problem, List<Commit> commits) {
    return new TableReading(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.copyOf(commits),
        Optional.of(problem));
  }
}
