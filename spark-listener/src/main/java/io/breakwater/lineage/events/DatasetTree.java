package io.breakwater.lineage.events;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads and writes the datasets of a run event. */
final class DatasetTree {

  /** A dataset by its identity. */
  record DatasetKey(String namespace, String name) {

    static DatasetKey of(JsonNode dataset) {
      return new DatasetKey(dataset.path("namespace").asText(), dataset.path("name").asText());
    }

    /** Whether one is the other, or the directory of the other. */
    boolean touches(DatasetKey other) {
      return namespace.equals(other.namespace)
          && (name.equals(other.name)
              || other.name.startsWith(name + "/")
              || name.startsWith(other.name + "/"));
    }
  }

  private DatasetTree() {}

  static Set<DatasetKey> inputs(JsonNode event) {
    Set<DatasetKey> ids = new LinkedHashSet<>();
    event.path("inputs").forEach(dataset -> ids.add(DatasetKey.of(dataset)));
    return ids;
  }

  /** Names the inputs of the event as {@code known} does, where one is within the other. */
  static void nameInputs(ObjectNode event, Set<DatasetKey> known) {
    Set<DatasetKey> seen = new LinkedHashSet<>();
    for (Iterator<JsonNode> each = event.path("inputs").iterator(); each.hasNext(); ) {
      ObjectNode input = (ObjectNode) each.next();
      DatasetKey name =
          known.stream()
              .filter(key -> key.touches(DatasetKey.of(input)))
              .findFirst()
              .orElseGet(() -> DatasetKey.of(input));
      if (seen.add(name)) {
        input.put("namespace", name.namespace()).put("name", name.name());
      } else {
        each.remove();
      }
    }
  }

  /** The datasets that the column lineage of any output names. */
  static Set<DatasetKey> columnLineageInputs(JsonNode event) {
    Set<DatasetKey> ids = new LinkedHashSet<>();
    for (JsonNode output : event.path("outputs")) {
      JsonNode lineage = output.path("facets").path("columnLineage");
      lineage.path("dataset").forEach(field -> ids.add(DatasetKey.of(field)));
      lineage
          .path("fields")
          .forEach(
              column -> column.path("inputFields").forEach(field -> ids.add(DatasetKey.of(field))));
    }
    return ids;
  }

  /** Adds those of {@code ids} that are no inputs of the event yet. */
  static void addInputs(ObjectNode event, Set<DatasetKey> ids) {
    Set<DatasetKey> missing = new LinkedHashSet<>(ids);
    missing.removeAll(inputs(event));
    if (missing.isEmpty()) {
      return;
    }
    ArrayNode inputs = event.withArray("/inputs");
    for (DatasetKey id : missing) {
      ObjectNode dataset =
          inputs.addObject().put("namespace", id.namespace()).put("name", id.name());
      dataset.putObject("facets");
      dataset.putObject("inputFacets");
    }
  }
}
