package io.breakwater.lineage.streaming;

import io.breakwater.lineage.dataset.DatasetNames;
import io.breakwater.lineage.scrub.TextScrubber;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.utils.UUIDUtils;
import io.openlineage.spark.agent.Versions;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.streaming.StreamingQueryListener.QueryStartedEvent;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/** One start of a streaming query, from its START to its end. Used by one thread. */
final class StreamRun {

  /** What OpenLineage says alike of all runs of an application. */
  private static final List<String> RUN_FACETS =
      List.of("processing_engine", "environment-properties", "spark_properties", "tags");

  private static final List<String> START_FACETS = List.of("spark_applicationDetails");
  private static final List<String> JOB_FACETS = List.of("ownership", "tags");
  private static final int MAX_DATASETS = 1_000;
  private static final int MAX_MESSAGE = 8 << 10;
  private static final int MAX_STACK_TRACE = 32 << 10;

  /** A micro-batch that is a run of its own. */
  private final class Batch {
    private final String runId = UUIDUtils.generateNewUUID().toString();
    private final long id;
    private final Map<String, ObjectNode> outputs = new LinkedHashMap<>();

    Batch(long id) {
      this.id = id;
    }

    ObjectNode event(String type, Instant time) {
      ObjectNode event = StreamRun.this.event(type, time, runId, jobName + ".batch", "MICRO_BATCH");
      setParent(event, StreamRun.this.runId.toString(), jobName);
      event.withObject("/run").withObject("/facets").set(StreamFacets.BATCH.key(), facet());
      put(event.putArray("inputs"), "inputFacets", inputs, Map.of());
      put(event.putArray("outputs"), "outputFacets", sinks, outputs);
      return event;
    }

    private ObjectNode facet() {
      return StreamFacets.batch(queryId, StreamRun.this.runId, id);
    }
  }

  private final ObjectNode application;
  private final UUID queryId;
  private final UUID runId;
  private final String jobName;
  private final ObjectNode facet;
  private final Map<String, ObjectNode> inputs = new LinkedHashMap<>();
  private final Map<String, ObjectNode> sinks = new LinkedHashMap<>();
  private final Map<String, ObjectNode> writtenByCode = new LinkedHashMap<>();
  private Batch batch;
  private long batches;
  private long inputRows;
  private Instant lastRunning;
  private Instant nextBatch = Instant.MIN;

  /**
   * A query that starts.
   *
   * @param application an event of the application's run, for what all events say alike
   * @param names what its sources and its sink are called
   */
  StreamRun(
      ObjectNode application, QueryStartedEvent start, StreamFacts facts, DatasetNames names) {
    this.application = application;
    this.queryId = start.id();
    this.runId = start.runId();
    StreamDatasets datasets = facts.datasets().join();
    datasets.inputs().forEach(dataset -> add(inputs, renamed(dataset, names)));
    datasets.outputs().forEach(dataset -> add(sinks, renamed(dataset, names)));
    this.jobName = jobName(start.name() == null ? null : TextScrubber.safeText(start.name()));
    this.facet = StreamFacets.query(queryId, runId, start.name(), facts);
    this.lastRunning = Instant.parse(start.timestamp());
  }

  /** As OpenLineage names jobs: the application, then what it does, then to what. */
  private String jobName(String name) {
    String base = application.path("job").path("name").asText() + ".";
    if (name != null && !name.isEmpty()) {
      return base + name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_-]+", "_");
    }
    return base
        + sinks.values().stream()
            .map(sink -> sink.path("name").asText().replaceFirst(".*/(?=[^/]*/[^/]*$)", ""))
            .map(sink -> "." + sink.replaceFirst("^/", "").replaceAll("[^\\p{L}\\p{N}_-]+", "_"))
            .findFirst()
            .map("streaming_query"::concat)
            .orElse("streaming_query");
  }

  private static ObjectNode renamed(ObjectNode dataset, DatasetNames names) {
    ObjectNode copy = dataset.deepCopy();
    names.rename(copy);
    return copy;
  }

  private static void add(Map<String, ObjectNode> datasets, JsonNode dataset) {
    String key = dataset.path("namespace").asText() + " " + dataset.path("name").asText();
    if (datasets.size() < MAX_DATASETS) {
      datasets.putIfAbsent(key, ((ObjectNode) dataset).deepCopy());
    }
  }

  ObjectNode start() {
    return queryEvent("START", lastRunning);
  }

  /** Counts a micro-batch; its START if it is one of those that are runs of their own. */
  Optional<ObjectNode> batchStarted(long id, Instant time, StreamingOptions options) {
    batch = null;
    boolean nth = options.batchEvery() > 0 && batches % options.batchEvery() == 0;
    batches++;
    if (!nth || time.isBefore(nextBatch)) {
      return Optional.empty();
    }
    nextBatch = time.plus(options.batchInterval());
    batch = new Batch(id);
    return Optional.of(batch.event("START", time));
  }

  /** The micro-batch's end without what Spark reports of it, if it is still open. */
  Optional<ObjectNode> batchEnded(String type, Instant time, Optional<String> failure) {
    if (batch == null) {
      return Optional.empty();
    }
    ObjectNode event = batch.event(type, time);
    failure.ifPresent(text -> putError(event, text));
    batch = null;
    return Optional.of(event);
  }

  /** The micro-batch's end with what Spark reports of it, if it is still open. */
  Optional<ObjectNode> batchReported(StreamingQueryProgress progress, Instant time) {
    if (batch == null || batch.id != progress.batchId()) {
      return Optional.empty();
    }
    ObjectNode event = batch.event("COMPLETE", time);
    StreamFacets.addProgress(
        event.withObject("/run").withObject("/facets").withObject("/" + StreamFacets.BATCH.key()),
        progress);
    batch = null;
    return Optional.of(event);
  }

  /** Keeps the numbers; a RUNNING event if the last one is long enough ago. */
  Optional<ObjectNode> progressed(
      StreamingQueryProgress progress, Instant time, StreamingOptions options) {
    inputRows += progress.numInputRows();
    facet.put("lastBatchId", progress.batchId());
    facet.put("batches", batches);
    facet.put("inputRows", inputRows);
    facet.set("sources", StreamFacets.sources(progress, facet.arrayNode()));
    if (time.isBefore(lastRunning.plus(options.runningInterval()))) {
      return Optional.empty();
    }
    lastRunning = time;
    return Optional.of(queryEvent("RUNNING", time));
  }

  /** The end of the query. */
  ObjectNode ended(String type, Instant time, Optional<String> failure) {
    facet.put("batches", batches);
    ObjectNode event = queryEvent(type, time);
    failure.ifPresent(text -> putError(event, text));
    return event;
  }

  /**
   * Takes what a query of a {@code foreachBatch} writes for what the streaming query does.
   *
   * @param grandchild whether {@code event} has a parent already that is a child of the
   *     micro-batch, such as the call of a procedure
   * @return whether its micro-batch is a run of its own, whose child or grandchild {@code event}
   *     now is
   */
  boolean adopt(ObjectNode event, boolean grandchild) {
    event.path("outputs").forEach(dataset -> add(writtenByCode, facetless(dataset)));
    if (batch == null) {
      return false;
    }
    event.path("outputs").forEach(dataset -> add(batch.outputs, facetless(dataset)));
    if (grandchild) {
      rename(event.withObject("/run").withObject("/facets").withObject("/parent/job"));
    } else {
      setParent(event, batch.runId, jobName + ".batch");
    }
    rename(event.withObject("/job"));
    return true;
  }

  private void rename(ObjectNode job) {
    String prefix = application.path("job").path("name").asText() + ".";
    String name = job.path("name").asText();
    if (name.startsWith(prefix) && !name.startsWith(jobName + ".")) {
      job.put("name", jobName + "." + name.substring(prefix.length()));
    }
  }

  private static ObjectNode facetless(JsonNode dataset) {
    ObjectNode copy = ((ObjectNode) dataset).deepCopy();
    copy.remove("outputFacets");
    copy.withObject("/facets").remove("columnLineage");
    return copy;
  }

  private ObjectNode queryEvent(String type, Instant time) {
    ObjectNode event = event(type, time, runId.toString(), jobName, "STREAMING_QUERY");
    setParent(
        event,
        application.path("run").path("runId").asText(),
        application.path("job").path("name").asText());
    event.withObject("/run").withObject("/facets").set(StreamFacets.QUERY.key(), facet.deepCopy());
    put(event.putArray("inputs"), "inputFacets", inputs, Map.of());
    put(event.putArray("outputs"), "outputFacets", sinks, writtenByCode);
    return event;
  }

  private ObjectNode event(String type, Instant time, String id, String job, String jobType) {
    ObjectNode event = application.objectNode();
    event.put("eventTime", time.toString());
    event.set("producer", application.path("producer"));
    event.set("schemaURL", application.path("schemaURL"));
    event.put("eventType", type);
    ObjectNode run = event.putObject("run").put("runId", id);
    ObjectNode runFacets = run.putObject("facets");
    copy(application.path("run"), RUN_FACETS, runFacets);
    if (type.equals("START")) {
      copy(application.path("run"), START_FACETS, runFacets);
    }
    ObjectNode jobFacets =
        event
            .putObject("job")
            .put("namespace", application.path("job").path("namespace").asText())
            .put("name", job)
            .putObject("facets");
    copy(application.path("job"), JOB_FACETS, jobFacets);
    jobFacets.set(
        "jobType",
        json(
            openLineage()
                .newJobTypeJobFacetBuilder()
                .jobType(jobType)
                .processingType("STREAMING")
                .integration("SPARK")
                .build()));
    return event;
  }

  private static void copy(JsonNode from, List<String> names, ObjectNode to) {
    for (String name : names) {
      JsonNode facet = from.path("facets").path(name);
      if (facet.isObject()) {
        to.set(name, facet.deepCopy());
      }
    }
  }

  private void setParent(ObjectNode event, String parentRun, String parentJob) {
    ObjectNode facets = event.withObject("/run").withObject("/facets");
    String namespace = application.path("job").path("namespace").asText();
    OpenLineage openLineage = openLineage();
    JsonNode known = application.path("run").path("facets").path("parent").path("root");
    ObjectNode parent =
        json(
            openLineage
                .newParentRunFacetBuilder()
                .run(
                    openLineage
                        .newParentRunFacetRunBuilder()
                        .runId(UUID.fromString(parentRun))
                        .build())
                .job(
                    openLineage
                        .newParentRunFacetJobBuilder()
                        .namespace(namespace)
                        .name(parentJob)
                        .build())
                .build());
    ObjectNode root = parent.putObject("root");
    if (known.isObject()) {
      root.setAll((ObjectNode) known);
    } else {
      root.putObject("run").put("runId", application.path("run").path("runId").asText());
      root.putObject("job")
          .put("namespace", namespace)
          .put("name", application.path("job").path("name").asText());
    }
    facets.set("parent", parent);
  }

  private static void putError(ObjectNode event, String trace) {
    String message = trace.lines().findFirst().orElse(trace);
    event
        .withObject("/run")
        .withObject("/facets")
        .set(
            "errorMessage",
            json(
                openLineage()
                    .newErrorMessageRunFacet(
                        cut(message, MAX_MESSAGE), "JAVA", cut(trace, MAX_STACK_TRACE))));
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length) + "...";
  }

  private static void put(
      ArrayNode array,
      String facets,
      Map<String, ObjectNode> first,
      Map<String, ObjectNode> second) {
    Map<String, ObjectNode> all = new LinkedHashMap<>(first);
    second.forEach(all::putIfAbsent);
    all.values()
        .forEach(
            dataset -> {
              ObjectNode copy = dataset.deepCopy();
              copy.putObject(facets);
              array.add(copy);
            });
  }

  private static OpenLineage openLineage() {
    return new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI);
  }

  private static ObjectNode json(Object facet) {
    return OpenLineageClientUtils.newObjectMapper().valueToTree(facet);
  }
}
