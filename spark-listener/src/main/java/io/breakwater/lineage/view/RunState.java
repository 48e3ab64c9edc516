package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What the events of one run have told so far. */
final class RunState {

  private static final long UNKNOWN = -1;

  private final String id;
  private final Map<DatasetId, Port> inputs = new TreeMap<>();
  private final Map<DatasetId, Port> outputs = new TreeMap<>();
  private RunStatus status = RunStatus.RUNNING;
  private Instant started;
  private Instant ended;
  private Instant lastEvent;
  private LineageRun.ParentRun parent;
  private String error = "";
  private String stack = "";
  private Map<String, String> details = Map.of();

  /** A dataset in the run; later events replace what earlier ones said, and never with nothing. */
  static final class Port {
    private List<SchemaField> schema = List.of();
    private List<ColumnEdge> columns = List.of();
    private long rows = UNKNOWN;
    private long bytes = UNKNOWN;

    void add(List<SchemaField> newSchema, List<ColumnEdge> newColumns, JsonNode statistics) {
      schema = newSchema.isEmpty() ? schema : newSchema;
      columns = newColumns.isEmpty() ? columns : newColumns;
      rows = statistics.path("rowCount").asLong(rows);
      bytes = statistics.path("size").asLong(bytes);
    }
  }

  RunState(String id, Instant time) {
    this.id = id;
    this.started = time;
    this.lastEvent = time;
  }

  void add(String eventType, Instant time, JsonNode facets) {
    started = time.isBefore(started) ? time : started;
    lastEvent = time.isAfter(lastEvent) ? time : lastEvent;
    RunStatus told =
        switch (eventType) {
          case "COMPLETE" -> RunStatus.COMPLETE;
          case "FAIL" -> RunStatus.FAIL;
          case "ABORT" -> RunStatus.ABORT;
          default -> RunStatus.RUNNING;
        };
    if (told != RunStatus.RUNNING && told.compareTo(status) >= 0) {
      status = told;
      ended = time;
    }
    addParent(facets.path("parent"));
    String message = EventFacets.text(facets, "errorMessage", "message");
    if (!message.isEmpty()) {
      error = message;
      stack = EventFacets.text(facets, "errorMessage", "stackTrace");
    }
    Map<String, String> others = EventFacets.details(facets);
    if (!others.isEmpty()) {
      details = others;
    }
  }

  private void addParent(JsonNode facet) {
    String run = EventFacets.name(facet, "run", "runId");
    if (!run.isEmpty()) {
      JobId job =
          new JobId(
              EventFacets.name(facet, "job", "namespace"), EventFacets.name(facet, "job", "name"));
      parent = new LineageRun.ParentRun(run, job);
    }
  }

  Port input(DatasetId dataset) {
    return inputs.computeIfAbsent(dataset, id -> new Port());
  }

  Port output(DatasetId dataset) {
    return outputs.computeIfAbsent(dataset, id -> new Port());
  }

  Instant started() {
    return started;
  }

  Instant lastEvent() {
    return lastEvent;
  }

  boolean hasCompleted() {
    return status == RunStatus.COMPLETE;
  }

  JobShape shape() {
    return new JobShape(shapes(inputs), shapes(outputs));
  }

  private static List<DatasetShape> shapes(Map<DatasetId, Port> ports) {
    return ports.entrySet().stream()
        .map(
            entry ->
                new DatasetShape(entry.getKey(), entry.getValue().schema, entry.getValue().columns))
        .toList();
  }

  LineageRun toRun(OptionalInt version) {
    return new LineageRun(
        id,
        status,
        started,
        Optional.ofNullable(ended),
        lastEvent,
        version,
        Optional.ofNullable(parent),
        written(port -> port.rows),
        written(port -> port.bytes),
        error,
        stack,
        details);
  }

  private OptionalLong written(ToLongFunction<Port> statistic) {
    long[] told =
        outputs.values().stream().mapToLong(statistic).filter(value -> value >= 0).toArray();
    if (told.length == 0) {
      return OptionalLong.empty();
    }
    long sum = 0;
    for (long value : told) {
      sum += value;
    }
    return OptionalLong.of(sum);
  }
}
