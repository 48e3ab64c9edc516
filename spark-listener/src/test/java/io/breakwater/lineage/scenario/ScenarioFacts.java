package io.breakwater.lineage.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What events say, as a set of statements that two runs of the same program have in common: without
 * ids, times and the directory of the run, and without their order.
 */
final class ScenarioFacts {

  /** Facets whose values are those of the process: what counts is which values there are. */
  private static final Set<String> NAMES_ONLY =
      Set.of(
          "spark_properties",
          "environment-properties",
          "spark_applicationDetails",
          "processing_engine",
          "version",
          "icebergScanReport",
          "icebergCommitReport");

  private static final String ID =
      "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(Z|[+-]\\d\\d:\\d\\d)?";

  private final String directory;
  private final Set<String> facts = new TreeSet<>();

  private ScenarioFacts(String directory) {
    this.directory = directory;
  }

  /** The facts of {@code events}, which a run in {@code directory} has made. */
  static Set<String> of(String directory, Collection<JsonNode> events) {
    ScenarioFacts facts = new ScenarioFacts(directory);
    events.forEach(facts::add);
    return facts.facts;
  }

  private void add(JsonNode event) {
    String job = "job " + text(event.at("/job/name").asText());
    facts.add(job + " " + event.at("/eventType").asText());
    facets(job + " is ", event.at("/job/facets"));
    facets(job + " runs with ", event.at("/run/facets"));
    for (String side : List.of("inputs", "outputs")) {
      String verb = side.equals("inputs") ? " reads " : " writes ";
      for (JsonNode dataset : event.path(side)) {
        String name =
            text(dataset.path("namespace").asText()) + " " + text(dataset.path("name").asText());
        facts.add(job + verb + name);
        String subject = (side.equals("inputs") ? "input " : "output ") + name + " has ";
        facets(subject, dataset.path("facets"));
        facets(subject, dataset.path("inputFacets"));
        facets(subject, dataset.path("outputFacets"));
      }
    }
  }

  private void facets(String subject, JsonNode facets) {
    facets
        .fields()
        .forEachRemaining(
            facet -> {
              facts.add(subject + facet.getKey());
              flatten(
                  subject + facet.getKey(), facet.getValue(), !NAMES_ONLY.contains(facet.getKey()));
            });
  }

  private void flatten(String path, JsonNode node, boolean values) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              field -> {
                if (!field.getKey().startsWith("_")) {
                  flatten(path + "/" + field.getKey(), field.getValue(), values);
                }
              });
    } else if (!values) {
      facts.add(path);
    } else if (node.isArray()) {
      node.forEach(element -> facts.add(path + "[] " + canonical(element)));
    } else {
      facts.add(path + " " + canonical(node));
    }
  }

  private JsonNode canonical(JsonNode node) {
    if (node instanceof ObjectNode object) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      object
          .fields()
          .forEachRemaining(field -> sorted.put(field.getKey(), canonical(field.getValue())));
      ObjectNode copy = object.objectNode();
      copy.setAll(sorted);
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      StreamSupport.stream(array.spliterator(), false)
          .map(this::canonical)
          .sorted((one, other) -> one.toString().compareTo(other.toString()))
          .forEach(copy::add);
      return copy;
    }
    return node.isTextual() ? TextNode.valueOf(text(node.asText())) : node;
  }

  private String text(String text) {
    return text.replace(directory, "~").replace(jobForm(directory), "~").replaceAll(ID, "*");
  }

  /** A path as it is part of the name of a job: its last parts with underscores. */
  private static String jobForm(String path) {
    return path.substring(path.lastIndexOf('/') + 1) + "_";
  }

  /** Those of {@code facts} that {@code others} lack. */
  static Set<String> missing(Set<String> facts, Set<String> others) {
    return facts.stream()
        .filter(fact -> !others.contains(fact))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
