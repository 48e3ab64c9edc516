package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** OpenLineage events as JSON trees, written property by property. */
public final class EventJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ObjectNode event = MAPPER.createObjectNode();

  private EventJson(String time) {
    event.put("eventTime", time.contains("T") ? time : "2026-11-20T" + time + "Z");
    event.put("producer", "urn:test");
  }

  /** An event of a run of a job in the namespace {@code prod}. */
  public static EventJson run(String job, String run, String type, String time) {
    EventJson json = job(job, time);
    json.event.put("eventType", type);
    json.event.putObject("run").put("runId", run).putObject("facets");
    json.event.putArray("inputs");
    json.event.putArray("outputs");
    return json;
  }

  /** An event of a job without a run. */
  public static EventJson job(String job, String time) {
    EventJson json = new EventJson(time);
    json.event.putObject("job").put("namespace", "prod").put("name", job).putObject("facets");
    return json;
  }

  /** An event of a dataset alone. */
  public static EventJson dataset(ObjectNode dataset, String time) {
    EventJson json = new EventJson(time);
    json.event.set("dataset", dataset);
    return json;
  }

  /** A dataset in the namespace {@code file}; fields as {@code name:type}. */
  public static ObjectNode table(String name, String... fields) {
    ObjectNode table = MAPPER.createObjectNode().put("namespace", "file").put("name", name);
    ObjectNode facets = table.putObject("facets");
    if (fields.length > 0) {
      var schema = facets.putObject("schema").putArray("fields");
      for (String field : fields) {
        String[] parts = field.split(":", 2);
        schema.addObject().put("name", parts[0]).put("type", parts[1]);
      }
    }
    return table;
  }

  /** Adds an edge from a column of a table to a column of {@code output}. */
  public static ObjectNode column(
      ObjectNode output, String column, String input, String field, String type, String subtype) {
    ObjectNode facet = output.withObject("/facets/columnLineage");
    ObjectNode edge = facet.withObject("/fields/" + column).withArray("inputFields").addObject();
    transformed(edge, input, field, type, subtype);
    return output;
  }

  /** Adds an edge from a column of a table to all columns of {@code output}. */
  public static ObjectNode everyColumn(
      ObjectNode output, String input, String field, String type, String subtype) {
    ObjectNode facet = output.withObject("/facets/columnLineage");
    facet.withObject("/fields");
    transformed(facet.withArray("dataset").addObject(), input, field, type, subtype);
    return output;
  }

  private static void transformed(
      ObjectNode edge, String input, String field, String type, String subtype) {
    edge.put("namespace", "file").put("name", input).put("field", field);
    edge.putArray("transformations")
        .addObject()
        .put("type", type)
        .put("subtype", subtype)
        .put("description", "")
        .put("masking", false);
  }

  public EventJson input(ObjectNode table) {
    event.withArray("inputs").add(table);
    return this;
  }

  public EventJson output(ObjectNode table) {
    event.withArray("outputs").add(table);
    return this;
  }

  public EventJson parent(String job, String run) {
    ObjectNode parent = event.withObject("/run/facets/parent");
    parent.putObject("run").put("runId", run);
    parent.putObject("job").put("namespace", "prod").put("name", job);
    return this;
  }

  public EventJson error(String message, String stack) {
    event
        .withObject("/run/facets/errorMessage")
        .put("message", message)
        .put("programmingLanguage", "JVM")
        .put("stackTrace", stack);
    return this;
  }

  /** A facet of the run with one property. */
  public EventJson runFacet(String facet, String property, String value) {
    event.withObject("/run/facets/" + facet).put("_producer", "urn:test").put(property, value);
    return this;
  }

  /** A facet of the job with one property. */
  public EventJson jobFacet(String facet, String property, String value) {
    event.withObject("/job/facets/" + facet).put(property, value);
    return this;
  }

  public JsonNode json() {
    return event;
  }

  /** The event on one line, as in a file of events. */
  public String line() {
    return event.toString();
  }
}
