package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.spark.agent.Versions;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reads and writes the parts of a run event that steps have to do with. */
final class RunEventTree {

  private static final Set<EventType> TERMINAL =
      EnumSet.of(EventType.COMPLETE, EventType.FAIL, EventType.ABORT);

  private RunEventTree() {}

  /** False for what is known of a job or a dataset without a run. */
  static boolean isRunEvent(ObjectNode event) {
    return event.path("run").path("runId").isTextual() && event.path("eventType").isTextual();
  }

  static String runId(ObjectNode event) {
    return event.path("run").path("runId").asText();
  }

  /** What {@link #setParent} reads of an event: run and job. */
  static ObjectNode identity(ObjectNode event) {
    ObjectNode identity = event.objectNode();
    identity.putObject("run").put("runId", runId(event));
    identity.putObject("job").put("namespace", jobNamespace(event)).put("name", jobName(event));
    return identity;
  }

  /** The id of the parent's run; empty if it has none. */
  static String parentRunId(ObjectNode event) {
    return event.at("/run/facets/parent/run/runId").asText();
  }

  static EventType type(ObjectNode event) {
    return EventType.valueOf(event.path("eventType").asText());
  }

  static boolean isTerminal(ObjectNode event) {
    return TERMINAL.contains(type(event));
  }

  static ObjectNode withType(ObjectNode event, EventType type) {
    return event.put("eventType", type.name());
  }

  /** Sets the time of the event to {@code millis} since 1970. */
  static ObjectNode at(long millis, ObjectNode event) {
    return event.put(
        "eventTime",
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC)));
  }

  static String jobName(ObjectNode event) {
    return event.path("job").path("name").asText();
  }

  static String jobNamespace(ObjectNode event) {
    return event.path("job").path("namespace").asText();
  }

  static void putRunFacet(ObjectNode event, String name, JsonNode facet) {
    ((ObjectNode) event.get("run")).withObject("/facets").set(name, facet);
  }

  /** Removes what is known only when a run has come further: statistics and reports. */
  static void removeFindings(ObjectNode event) {
    event.path("inputs").forEach(dataset -> ((ObjectNode) dataset).remove("inputFacets"));
    event.path("outputs").forEach(dataset -> ((ObjectNode) dataset).remove("outputFacets"));
  }

  /** The facet that makes {@code application}'s run the parent, under the same root. */
  static ObjectNode parentFacet(ObjectNode application) {
    OpenLineage openLineage = new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI);
    ObjectNode facet =
        (ObjectNode)
            EventJson.facet(
                openLineage
                    .newParentRunFacetBuilder()
                    .run(
                        openLineage.newParentRunFacetRun(UUID.fromString(runId(application)), null))
                    .job(
                        openLineage.newParentRunFacetJob(
                            jobNamespace(application), jobName(application), null))
                    .build());
    JsonNode known = application.path("run").path("facets").path("parent").path("root");
    ObjectNode root = facet.putObject("root");
    root.putObject("run").put("runId", runId(application));
    root.putObject("job")
        .put("namespace", jobNamespace(application))
        .put("name", jobName(application));
    if (known instanceof ObjectNode given) {
      facet.set("root", given.deepCopy());
    }
    return facet;
  }

  /** Makes {@code parent}'s run the parent of the event's run; the root stays what it is. */
  static void setParent(ObjectNode event, ObjectNode parent) {
    Optional<ObjectNode> facet =
        Optional.of(event.path("run").path("facets").path("parent"))
            .filter(JsonNode::isObject)
            .map(ObjectNode.class::cast);
    facet.ifPresent(
        f -> {
          f.withObject("/run").put("runId", runId(parent));
          f.withObject("/job").put("namespace", jobNamespace(parent)).put("name", jobName(parent));
        });
  }
}
