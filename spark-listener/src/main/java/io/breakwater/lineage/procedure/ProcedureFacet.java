package io.breakwater.lineage.procedure;

import io.breakwater.lineage.facets.CustomFacet;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** The run facet {@code breakwater_icebergProcedure}. Numbers are JSON integers, never doubles. */
final class ProcedureFacet {

  static final CustomFacet FACET =
      new CustomFacet("breakwater_icebergProcedure", "IcebergProcedureRunFacet", "1-0-0");

  /** How many commits are listed; all are counted. */
  static final int MAX_COMMITS = 100;

  private static final ObjectMapper MAPPER = OpenLineageClientUtils.newObjectMapper();

  private ProcedureFacet() {}

  /** What is known while the call runs. */
  static ObjectNode running(ProcedureCall call) {
    ObjectNode facet = FACET.node();
    facet.put("procedure", call.qualifiedName());
    call.table()
        .ifPresent(
            table -> {
              facet.put("table", table);
              facet.put("branch", call.branch());
            });
    facet.set("arguments", MAPPER.valueToTree(call.arguments()));
    return facet;
  }

  /** What is known once it has ended, well or not. */
  static ObjectNode ended(ProcedureCall call, TableReading reading, Optional<CallResult> result) {
    ObjectNode facet = running(call);
    reading.before().ifPresent(state -> facet.set("before", state(state)));
    reading.after().ifPresent(state -> facet.set("after", state(state)));
    facet.put("commitCount", reading.commits().size());
    facet.set("commits", commits(reading.commits()));
    facet.set("changes", changes(reading.commits()));
    result.ifPresent(
        returned -> {
          facet.put("rowCount", returned.rowCount());
          facet.set("rows", MAPPER.valueToTree(returned.rows()));
        });
    reading.problem().ifPresent(problem -> facet.put("incomplete", problem));
    return facet;
  }

  private static ObjectNode state(TableState state) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("formatVersion", state.formatVersion());
    node.put("snapshots", state.snapshots());
    state
        .snapshot()
        .ifPresent(
            snapshot -> {
              node.put("snapshotId", snapshot.id());
              node.put("sequenceNumber", snapshot.sequenceNumber());
              node.put("committed", snapshot.committed().toString());
              snapshot.dataFiles().ifPresent(count -> node.put("dataFiles", count));
              snapshot.deleteFiles().ifPresent(count -> node.put("deleteFiles", count));
              snapshot.deletionVectors().ifPresent(count -> node.put("deletionVectors", count));
              snapshot.records().ifPresent(count -> node.put("records", count));
              snapshot.bytes().ifPresent(count -> node.put("bytes", count));
            });
    return node;
  }

  private static ArrayNode commits(List<Commit> commits) {
    ArrayNode nodes = MAPPER.createArrayNode();
    commits.stream()
        .limit(MAX_COMMITS)
        .forEach(
            commit ->
                nodes
                    .addObject()
                    .put("snapshotId", commit.snapshotId())
                    .put("sequenceNumber", commit.sequenceNumber())
                    .put("operation", commit.operation()));
    return nodes;
  }

  private static ObjectNode changes(List<Commit> commits) {
    return MAPPER
        .createObjectNode()
        .put("addedDataFiles", sum(commits, SnapshotCounts.ADDED_DATA_FILES))
        .put("removedDataFiles", sum(commits, SnapshotCounts.REMOVED_DATA_FILES))
        .put("addedDeleteFiles", sum(commits, SnapshotCounts.ADDED_DELETE_FILES))
        .put("removedDeleteFiles", sum(commits, SnapshotCounts.REMOVED_DELETE_FILES))
        .put("addedDeletionVectors", sum(commits, SnapshotCounts.ADDED_DELETION_VECTORS))
        .put("removedDeletionVectors", sum(commits, SnapshotCounts.REMOVED_DELETION_VECTORS))
        .put("addedRecords", sum(commits, SnapshotCounts.ADDED_RECORDS))
        .put("removedRecords", sum(commits, SnapshotCounts.REMOVED_RECORDS))
        .put("addedBytes", sum(commits, SnapshotCounts.ADDED_BYTES))
        .put("removedBytes", sum(commits, SnapshotCounts.REMOVED_BYTES));
  }

  private static long sum(List<Commit> commits, String property) {
    return commits.stream().mapToLong(commit -> commit.count(property)).sum();
  }
}
