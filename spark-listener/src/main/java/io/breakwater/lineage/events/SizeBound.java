package io.breakwater.lineage.events;

import io.breakwater.lineage.facets.CustomFacet;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps events within a size, by leaving out facets in the order of {@link #STAGES} until the rest
 * fits: what is large and worth little first. The event says in a facet of its own what it lacks.
 * Never left out are the run's id, job, parent and type, and the names of its datasets, even if
 * they alone are more. Safe for use by many threads.
 */
final class SizeBound {

  static final CustomFacet FACET =
      new CustomFacet("breakwater_reduced", "ReducedRunFacet", "1-0-0");

  /** More than the entry of a facet in {@link #FACET} takes. */
  private static final int ENTRY_BYTES = 160;

  /** Facets that are left out together, {@code *} for all that may be. */
  private record Stage(Set<String> facets, List<String> places) {}

  private static final List<Stage> STAGES =
      List.of(
          new Stage(Set.of("spark.logicalPlan", "spark_unknown", "debug"), List.of("run")),
          new Stage(Set.of("columnLineage"), List.of("outputs", "inputs")),
          new Stage(Set.of("schema"), List.of("inputs")),
          new Stage(Set.of("schema"), List.of("outputs")),
          new Stage(Set.of("sql", "sourceCode"), List.of("job")),
          new Stage(Set.of("*"), List.of("inputs", "outputs")),
          new Stage(Set.of("*"), List.of("run", "job")));

  private static final Set<String> KEPT = Set.of("parent", "processing_engine", FACET.key());

  private final long maxBytes;

  SizeBound(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Whether an event of {@code bytes} is to be reduced. */
  boolean exceededBy(long bytes, ObjectNode event) {
    return bytes > maxBytes && event.path("run").isObject();
  }

  /** Whether {@code event} lacks facets because it was too large. */
  static boolean hasReduced(ObjectNode event) {
    return event.path("run").path("facets").path(FACET.key()).has("maxBytes");
  }

  /**
   * Leaves facets out of {@code event} until it fits.
   *
   * @param bytes its size
   * @return false if nothing was left that may be left out
   */
  boolean reduce(ObjectNode event, long bytes) throws JsonProcessingException {
    // The column lineage may be all that names an input.
    DatasetTree.addInputs(event, DatasetTree.columnLineageInputs(event));
    Map<String, long[]> leftOut = new TreeMap<>();
    long left = bytes + 2 * ENTRY_BYTES;
    for (Stage stage : STAGES) {
      for (String place : stage.places()) {
        left -= removeAll(stage, place, event, leftOut);
      }
      if (left + (long) leftOut.size() * ENTRY_BYTES <= maxBytes) {
        break;
      }
    }
    if (!leftOut.isEmpty()) {
      name(leftOut, event, bytes);
    }
    return !leftOut.isEmpty();
  }

  private static long removeAll(
      Stage stage, String place, ObjectNode event, Map<String, long[]> leftOut)
      throws JsonProcessingException {
    JsonNode at = event.path(place);
    long bytes = 0;
    for (JsonNode owner : at.isArray() ? at : List.of(at)) {
      for (String facets : List.of("facets", "inputFacets", "outputFacets")) {
        if (owner.path(facets) instanceof ObjectNode object) {
          bytes += remove(stage, place, object, leftOut);
        }
      }
    }
    return bytes;
  }

  private static long remove(
      Stage stage, String place, ObjectNode facets, Map<String, long[]> leftOut)
      throws JsonProcessingException {
    long bytes = 0;
    for (var each = facets.properties().iterator(); each.hasNext(); ) {
      Map.Entry<String, JsonNode> facet = each.next();
      String name = facet.getKey();
      if (stage.facets().contains(name) || (stage.facets().contains("*") && !KEPT.contains(name))) {
        long size = 4L + name.length() + EventJson.bytes(facet.getValue()).length;
        long[] sum = leftOut.computeIfAbsent(place + "." + name, key -> new long[2]);
        sum[0]++;
        sum[1] += size;
        bytes += size;
        each.remove();
      }
    }
    return bytes;
  }

  private void name(Map<String, long[]> leftOut, ObjectNode event, long bytes) {
    ObjectNode facets = event.withObject("/run").withObject("/facets");
    if (!facets.has(FACET.key())) {
      facets.set(FACET.key(), FACET.node().put("maxBytes", maxBytes).put("bytes", bytes));
    }
    ArrayNode entries = ((ObjectNode) facets.get(FACET.key())).withArray("/leftOut");
    leftOut.forEach(
        (facet, sum) ->
            entries
                .addObject()
                .put("place", facet.substring(0, facet.indexOf('.')))
                .put("facet", facet.substring(facet.indexOf('.') + 1))
                .put("count", sum[0])
                .put("bytes", sum[1]));
  }
}
