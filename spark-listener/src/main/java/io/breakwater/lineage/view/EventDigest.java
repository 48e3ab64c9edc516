package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes out of events what a {@link LineageModelBuilder} does not read, and what an earlier event
 * of the same run has said already. The digests of all events, in order, make the same model as the
 * events, but for their number and for the time of a last event that said nothing new.
 *
 * <p>Memory is bounded: of runs that have not ended, up to 100,000 things that were said are
 * remembered; beyond that, the run that began first is forgotten, and repeats itself. Not
 * thread-safe.
 */
public final class EventDigest {

  private static final int SAID = 100_000;
  private static final Set<String> ENDS = Set.of("COMPLETE", "FAIL", "ABORT");
  private static final List<String> OF_JOB = List.of("jobType", "sql", "documentation");
  private static final List<String> OF_DATASET =
      List.of("schema", "columnLineage", "symlinks", "documentation");

  /** By run: what was said last in each place of its events, as a hash. */
  private final Map<String, Map<String, Integer>> said = new LinkedHashMap<>();

  private int size;

  /** What {@code event}, which is left as it is, adds; nothing if it adds nothing. */
  public Optional<ObjectNode> add(JsonNode event) {
    String run = event.path("run").path("runId").asText();
    String type = event.path("eventType").asText();
    Map<String, Integer> before = said.computeIfAbsent(run, id -> new HashMap<>());
    int sizeBefore = before.size();
    boolean first = before.put("", 0) == null;
    ObjectNode digest = copy(event, "eventType", "eventTime", "dataset");
    if (event.has("run")) {
      ObjectNode ofRun = digest.putObject("run").put("runId", run);
      addFacets(ofRun, runFacets(event.path("run").path("facets"), before));
    }
    if (event.has("job")) {
      ObjectNode job = copy(event.path("job"), "namespace", "name");
      digest.set("job", job);
      addFacets(job, news("job", event.path("job").path("facets"), OF_JOB, before));
    }
    addDatasets(event, "inputs", "inputFacets", "inputStatistics", before, digest);
    addDatasets(event, "outputs", "outputFacets", "outputStatistics", before, digest);
    boolean news = first || !digest.path("dataset").isMissingNode() || saysMore(digest);
    size += before.size() - sizeBefore;
    if (ENDS.contains(type) || run.isEmpty()) {
      forget(run);
    }
    while (size > SAID) {
      forget(said.keySet().iterator().next());
    }
    return news || ENDS.contains(type) ? Optional.of(digest) : Optional.empty();
  }

  private void forget(String run) {
    size -= said.remove(run).size();
  }

  private static boolean saysMore(ObjectNode digest) {
    return digest.path("run").has("facets")
        || digest.path("job").has("facets")
        || digest.has("inputs")
        || digest.has("outputs");
  }

  /** The parent and the error one by one; the rest is read as a whole, and so said as a whole. */
  private static ObjectNode runFacets(JsonNode facets, Map<String, Integer> before) {
    ObjectNode news = news("run", facets, List.of("parent", "errorMessage"), before);
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    Iterator<Map.Entry<String, JsonNode>> fields = facets.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> facet = fields.next();
      if (!EventFacets.NOT_DETAILS.contains(facet.getKey())) {
        details.set(facet.getKey(), plain(facet.getValue()));
      }
    }
    if (!details.isEmpty() && isNews("run.details", details, before)) {
      news.setAll(details);
    }
    return news;
  }

  private static void addDatasets(
      JsonNode event,
      String side,
      String sideFacets,
      String statistics,
      Map<String, Integer> before,
      ObjectNode digest) {
    for (JsonNode dataset : event.path(side)) {
      ObjectNode told = copy(dataset, "namespace", "name");
      String place =
          side + ' ' + dataset.path("namespace").asText() + ' ' + dataset.path("name").asText();
      boolean first = before.put(place, 0) == null;
      addFacets(told, news(place, dataset.path("facets"), OF_DATASET, before));
      ObjectNode ofSide = news(place, dataset.path(sideFacets), List.of(statistics), before);
      if (!ofSide.isEmpty()) {
        told.set(sideFacets, ofSide);
      }
      if (first || told.has("facets") || told.has(sideFacets)) {
        digest.withArray(side).add(told);
      }
    }
  }

  private static ObjectNode news(
      String place, JsonNode facets, List<String> names, Map<String, Integer> before) {
    ObjectNode news = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      JsonNode facet = facets.path(name);
      if (facet.isObject() && isNews(place + ' ' + name, facet, before)) {
        news.set(name, plain(facet));
      }
    }
    return news;
  }

  private static boolean isNews(String place, JsonNode value, Map<String, Integer> before) {
    Integer last = before.put(place, value.hashCode());
    return last == null || last != value.hashCode();
  }

  private static void addFacets(ObjectNode target, ObjectNode facets) {
    if (!facets.isEmpty()) {
      target.set("facets", facets);
    }
  }

  /** Without the producer and the schema of the facet. */
  private static JsonNode plain(JsonNode facet) {
    if (!facet.has("_producer") && !facet.has("_schemaURL")) {
      return facet;
    }
    ObjectNode plain = JsonNodeFactory.instance.objectNode();
    plain.setAll((ObjectNode) facet);
    return plain.without(List.of("_producer", "_schemaURL"));
  }

  private static ObjectNode copy(JsonNode from, String... names) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      if (from.has(name)) {
        copy.set(name, from.get(name));
      }
    }
    return copy;
  }
}
