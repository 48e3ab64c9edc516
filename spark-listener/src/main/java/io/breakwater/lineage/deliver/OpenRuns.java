package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.RecordDigest;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonParser;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonToken;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The runs of one driver that have begun and not ended, as its events tell; and, when the driver is
 * gone, the events that end them.
 *
 * <p>An event that comes after the end of its run does not open it again, as long as fewer than
 * {@value #MAX_ENDED} other runs have ended since. Of more than {@value #MAX_OPEN} open runs the
 * oldest are forgotten, and never ended. As bytes: JSON {@code {"last", "open": {<run id>:
 * {"started", "first", "event"}}, "ended": [...]}}. Not thread-safe.
 */
final class OpenRuns implements RecordDigest {

  static final int MAX_OPEN = 10_000;
  static final int MAX_ENDED = 1_000;

  private static final ObjectMapper MAPPER = OpenLineageClientUtils.newObjectMapper();
  private static final Set<String> TERMINAL = Set.of("COMPLETE", "FAIL", "ABORT");

  private final Map<String, ObjectNode> open = new LinkedHashMap<>();
  private final Set<String> ended = new LinkedHashSet<>();
  private String last;

  @Override
  public void restore(byte[] bytes) {
    try {
      JsonNode tree = MAPPER.readTree(bytes);
      last = tree.path("last").asText(null);
      tree.path("open")
          .fields()
          .forEachRemaining(e -> open.put(e.getKey(), (ObjectNode) e.getValue()));
      tree.path("ended").forEach(run -> ended.add(run.asText()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the digest of a spool", e);
    }
  }

  @Override
  public byte[] bytes() {
    ObjectNode tree = MAPPER.createObjectNode();
    tree.put("last", last);
    tree.putObject("open").setAll(open);
    ended.forEach(tree.putArray("ended")::add);
    return encode(tree);
  }

  @Override
  public void add(byte[] payload) {
    JsonNode event;
    try {
      event = withoutDatasets(payload);
    } catch (IOException e) {
      // No event: the sender makes a dead letter of it.
      return;
    }
    String time = event.path("eventTime").asText(null);
    String run = event.path("run").path("runId").asText(null);
    if (time == null || run == null) {
      return;
    }
    if (last == null || isBefore(last, time)) {
      last = time;
    }
    String type = event.path("eventType").asText();
    if (TERMINAL.contains(type)) {
      open.remove(run);
      ended.add(run);
      forgetOldest(ended, MAX_ENDED);
    } else if (!ended.contains(run)) {
      ObjectNode known = open.computeIfAbsent(run, id -> begin(event, time));
      if (type.equals("START")) {
        known.put("started", true);
      }
      forgetOldest(open.keySet(), MAX_OPEN);
    }
  }

  /** Most of an event are its datasets, which tell nothing of runs. */
  private static ObjectNode withoutDatasets(byte[] payload) throws IOException {
    ObjectNode event = MAPPER.createObjectNode();
    try (JsonParser parser = MAPPER.getFactory().createParser(payload)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String property = parser.currentName();
          parser.nextToken();
          if (property.equals("inputs") || property.equals("outputs")) {
            parser.skipChildren();
          } else {
            event.set(property, MAPPER.readTree(parser));
          }
        }
      }
    }
    return event;
  }

  private static void forgetOldest(Set<String> runs, int bound) {
    if (runs.size() > bound) {
      runs.remove(runs.iterator().next());
    }
  }

  private static ObjectNode begin(JsonNode event, String time) {
    ObjectNode known = MAPPER.createObjectNode();
    known.put("started", false).put("first", time);
    ObjectNode skeleton = known.putObject("event");
    skeleton.set("producer", event.path("producer"));
    skeleton.set("schemaURL", event.path("schemaURL"));
    keep(event.path("run"), "runId", "parent", skeleton.putObject("run"));
    ObjectNode job = skeleton.putObject("job");
    keep(event.path("job"), "name", "jobType", job);
    job.set("namespace", event.path("job").path("namespace"));
    return known;
  }

  private static void keep(JsonNode from, String name, String facet, ObjectNode to) {
    to.set(name, from.path(name));
    ObjectNode facets = to.putObject("facets");
    if (from.path("facets").has(facet)) {
      facets.set(facet, from.path("facets").path(facet));
    }
  }

  private static boolean isBefore(String time, String other) {
    try {
      return OffsetDateTime.parse(time).isBefore(OffsetDateTime.parse(other));
    } catch (DateTimeException e) {
      return time.compareTo(other) < 0;
    }
  }

  /**
   * The events that end the runs, at the time of the last event of {@code driver}; the same ones
   * whenever this is called. A run of which no START was seen gets one too.
   */
  List<byte[]> ends(String driver) {
    List<byte[]> events = new ArrayList<>();
    for (ObjectNode known : open.values()) {
      if (!known.path("started").asBoolean()) {
        events.add(encode(event(known, "START", known.path("first").asText())));
      }
      ObjectNode abort = event(known, "ABORT", last);
      URI producer = URI.create(abort.path("producer").asText());
      OpenLineage.ErrorMessageRunFacet reason =
          new OpenLineage(producer)
              .newErrorMessageRunFacet(
                  "The driver of the application is gone and did not report the end of this run;"
                      + " ended when "
                      + driver
                      + " was read, at the time of its last event",
                  "JAVA",
                  null);
      ((ObjectNode) abort.path("run").path("facets"))
          .set("errorMessage", MAPPER.valueToTree(reason));
      events.add(encode(abort));
    }
    return events;
  }

  private static ObjectNode event(ObjectNode known, String type, String time) {
    ObjectNode event = MAPPER.createObjectNode();
    event.put("eventTime", time).put("eventType", type);
    event.setAll((ObjectNode) known.path("event").deepCopy());
    event.putArray("inputs");
    event.putArray("outputs");
    return event;
  }

  private static byte[] encode(JsonNode tree) {
    try {
      return MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a tree of JSON", e);
    }
  }
}
