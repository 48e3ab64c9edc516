package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the facets of events say, in words that may be shown. A facet that is missing or not as its
 * schema wants it says nothing.
 */
final class EventFacets {

  static final int NAME_LENGTH = 1_000;

  private static final int TEXT_LENGTH = 10_000;
  private static final int DETAIL_LENGTH = 300;
  private static final int DETAILS = 32;
  private static final int FIELD_DEPTH = 8;
  private static final int FIELDS = 5_000;

  /** Shown elsewhere, or long and the same in every run. */
  static final Set<String> NOT_DETAILS =
      Set.of(
          "parent",
          "errorMessage",
          "environment-properties",
          "spark_properties",
          "spark.logicalPlan",
          "spark_unknown",
          "debug");

  private EventFacets() {}

  static String text(JsonNode node, String... path) {
    return DisplayText.block(at(node, path).asText(""), TEXT_LENGTH);
  }

  static String name(JsonNode node, String... path) {
    return DisplayText.line(at(node, path).asText(""), NAME_LENGTH);
  }

  static DatasetId dataset(JsonNode node) {
    return new DatasetId(name(node, "namespace"), name(node, "name"));
  }

  static List<SchemaField> schema(JsonNode facets) {
    List<SchemaField> fields = new ArrayList<>();
    addFields(at(facets, "schema", "fields"), "", 0, fields);
    return fields;
  }

  private static void addFields(
      JsonNode fields, String prefix, int depth, List<SchemaField> target) {
    for (JsonNode field : fields) {
      if (target.size() >= FIELDS) {
        return;
      }
      String name = prefix + name(field, "name");
      target.add(new SchemaField(name, name(field, "type")));
      if (depth < FIELD_DEPTH) {
        addFields(field.path("fields"), name + ".", depth + 1, target);
      }
    }
  }

  static List<String> aliases(JsonNode facets) {
    Set<String> aliases = new TreeSet<>();
    for (JsonNode identifier : at(facets, "symlinks", "identifiers")) {
      aliases.add(name(identifier, "name"));
    }
    return List.copyOf(aliases);
  }

  /** In the order of {@link ColumnEdge#ORDER}, at most {@code limit}. */
  static List<ColumnEdge> columnEdges(JsonNode facets, int limit) {
    JsonNode facet = facets.path("columnLineage");
    List<ColumnEdge> edges = new ArrayList<>();
    addEdges("", facet.path("dataset"), null, edges, limit);
    Iterator<Map.Entry<String, JsonNode>> fields = facet.path("fields").fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      addEdges(
          DisplayText.line(field.getKey(), NAME_LENGTH),
          field.getValue().path("inputFields"),
          field.getValue(),
          edges,
          limit);
    }
    return edges.stream().sorted(ColumnEdge.ORDER).distinct().toList();
  }

  private static void addEdges(
      String output, JsonNode inputs, JsonNode field, List<ColumnEdge> edges, int limit) {
    for (JsonNode input : inputs) {
      if (edges.size() >= limit) {
        return;
      }
      edges.add(
          new ColumnEdge(
              output, dataset(input), name(input, "field"), transformations(input, field)));
    }
  }

  private static List<Transformation> transformations(JsonNode input, JsonNode field) {
    List<Transformation> transformations = new ArrayList<>();
    for (JsonNode transformation : input.path("transformations")) {
      transformations.add(
          new Transformation(
              name(transformation, "type"),
              name(transformation, "subtype"),
              name(transformation, "description"),
              transformation.path("masking").asBoolean(false)));
    }
    if (transformations.isEmpty() && field != null && field.has("transformationType")) {
      String type = name(field, "transformationType");
      transformations.add(
          new Transformation(
              "DIRECT", type, name(field, "transformationDescription"), type.equals("MASKED")));
    }
    return transformations;
  }

  /** Scalars of the facets of a run by their path, without those that have a place of their own. */
  static Map<String, String> details(JsonNode facets) {
    Map<String, String> details = new LinkedHashMap<>();
    Iterator<Map.Entry<String, JsonNode>> fields = facets.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> facet = fields.next();
      if (!NOT_DETAILS.contains(facet.getKey())) {
        addDetails(facet.getKey(), facet.getValue(), 0, details);
      }
    }
    return details;
  }

  private static void addDetails(
      String path, JsonNode value, int depth, Map<String, String> details) {
    if (details.size() >= DETAILS || depth > FIELD_DEPTH) {
      return;
    }
    if (value.isValueNode()) {
      if (!value.isNull() && !value.asText().isEmpty()) {
        details.put(
            DisplayText.line(path, DETAIL_LENGTH), DisplayText.line(value.asText(), DETAIL_LENGTH));
      }
      return;
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        addDetails(path + "[" + i + "]", value.get(i), depth + 1, details);
      }
      return;
    }
    Iterator<Map.Entry<String, JsonNode>> fields = value.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (!field.getKey().startsWith("_")) {
        addDetails(path + "." + field.getKey(), field.getValue(), depth + 1, details);
      }
    }
  }

  static JsonNode at(JsonNode node, String... path) {
    JsonNode at = node;
    for (String step : path) {
      at = at.path(step);
    }
    return at;
  }
}
