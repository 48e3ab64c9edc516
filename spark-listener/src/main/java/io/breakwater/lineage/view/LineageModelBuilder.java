package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a {@link LineageModel} of OpenLineage events: run events, job events and dataset events, of
 * any producer, in nearly any order, each once or several times.
 *
 * <p>An event adds to its run: a run is what all its events say together. Memory is bounded by the
 * {@link ViewLimits} and not by the number of events. Not thread-safe.
 */
public final class LineageModelBuilder {

  private final ViewLimits limits;
  private final Map<DatasetId, DatasetState> datasets = new TreeMap<>();
  private final Map<JobId, JobState> jobs = new TreeMap<>();
  private final Map<Object, Object> canonical = new HashMap<>();
  private final Set<String> notices = new LinkedHashSet<>();
  private long events;
  private long unreadable;
  private int runs;

  private static final class DatasetState {
    private final Set<String> aliases = new LinkedHashSet<>();
    private List<SchemaField> schema = List.of();
    private String description = "";
    private Instant told = Instant.MIN;
  }

  public LineageModelBuilder(ViewLimits limits) {
    this.limits = limits;
  }

  /**
   * Adds an event. What is no event, or lacks what every event must have, is counted and named in
   * the notices.
   *
   * @return whether it is an event
   */
  public boolean add(JsonNode event) {
    Instant time = time(event);
    boolean ofJob = !EventFacets.name(event, "job", "name").isEmpty();
    boolean ofRun = ofJob && !EventFacets.name(event, "run", "runId").isEmpty();
    boolean ofDataset = !EventFacets.name(event, "dataset", "name").isEmpty();
    if (time == null || !(ofJob || ofDataset)) {
      unreadable++;
      return false;
    }
    events++;
    if (ofRun) {
      addRun(event, time);
    } else if (ofJob) {
      addJob(event, time);
    } else {
      addDataset(event.path("dataset"), time);
    }
    return true;
  }

  private static Instant time(JsonNode event) {
    try {
      return OffsetDateTime.parse(event.path("eventTime").asText()).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private void addRun(JsonNode event, Instant time) {
    JobState job = job(event.path("job"), time);
    if (job == null) {
      return;
    }
    int before = job.runCount();
    RunState run = job.run(EventFacets.name(event, "run", "runId"), time);
    runs += job.runCount() - before;
    run.add(event.path("eventType").asText(), time, event.path("run").path("facets"));
    for (JsonNode dataset : event.path("inputs")) {
      if (addDataset(dataset, time)) {
        add(dataset, run.input(EventFacets.dataset(dataset)), "inputStatistics");
      }
    }
    for (JsonNode dataset : event.path("outputs")) {
      if (addDataset(dataset, time)) {
        add(dataset, run.output(EventFacets.dataset(dataset)), "outputStatistics");
      }
    }
    if (runs > 2 * limits.runs()) {
      forgetRuns();
    }
  }

  private void add(JsonNode dataset, RunState.Port port, String statistics) {
    JsonNode facets = dataset.path("facets");
    boolean output = statistics.equals("outputStatistics");
    port.add(
        canonical(EventFacets.schema(facets)),
        output ? columnEdges(facets) : List.of(),
        dataset.path(output ? "outputFacets" : "inputFacets").path(statistics));
  }

  private void addJob(JsonNode event, Instant time) {
    JobState job = job(event.path("job"), time);
    if (job != null) {
      job.declare(
          new JobShape(
              declared(event.path("inputs"), time, false),
              declared(event.path("outputs"), time, true)),
          time);
    }
  }

  private List<DatasetShape> declared(JsonNode side, Instant time, boolean output) {
    Map<DatasetId, DatasetShape> shapes = new TreeMap<>();
    for (JsonNode dataset : side) {
      if (addDataset(dataset, time)) {
        DatasetId id = EventFacets.dataset(dataset);
        JsonNode facets = dataset.path("facets");
        List<ColumnEdge> columns = output ? columnEdges(facets) : List.of();
        shapes.put(id, new DatasetShape(id, canonical(EventFacets.schema(facets)), columns));
      }
    }
    return List.copyOf(shapes.values());
  }

  private JobState job(JsonNode job, Instant time) {
    JobId id = new JobId(EventFacets.name(job, "namespace"), EventFacets.name(job, "name"));
    JobState state = jobs.get(id);
    if (state == null) {
      if (jobs.size() >= limits.jobs()) {
        notices.add(
            "There are more than "
                + limits.jobs()
                + " jobs; those that come later in the events are left out.");
        return null;
      }
      state = new JobState(id, limits.versionsPerJob());
      jobs.put(id, state);
    }
    state.describe(time, job.path("facets"));
    return state;
  }

  private boolean addDataset(JsonNode dataset, Instant time) {
    DatasetState state = dataset(EventFacets.dataset(dataset));
    if (state == null) {
      return false;
    }
    JsonNode facets = dataset.path("facets");
    state.aliases.addAll(EventFacets.aliases(facets));
    if (!time.isBefore(state.told)) {
      List<SchemaField> schema = canonical(EventFacets.schema(facets));
      if (!schema.isEmpty()) {
        state.schema = schema;
        state.told = time;
      }
      String description = EventFacets.text(facets, "documentation", "description");
      state.description = description.isEmpty() ? state.description : description;
    }
    return true;
  }

  private DatasetState dataset(DatasetId id) {
    DatasetState state = datasets.get(id);
    if (state == null && !id.name().isEmpty()) {
      if (datasets.size() >= limits.datasets()) {
        notices.add(
            "There are more than "
                + limits.datasets()
                + " datasets; those that come later in the events are left out.");
        return null;
      }
      state = new DatasetState();
      datasets.put(id, state);
    }
    return state;
  }

  private List<ColumnEdge> columnEdges(JsonNode facets) {
    List<ColumnEdge> edges = EventFacets.columnEdges(facets, limits.columnEdges());
    return canonical(edges.stream().filter(edge -> dataset(edge.input()) != null).toList());
  }

  /** The runs of a job mostly say the same: once is enough. */
  @SuppressWarnings("unchecked")
  private <T> T canonical(T value) {
    if (canonical.size() > 100_000) {
      canonical.clear();
    }
    return (T) canonical.computeIfAbsent(value, same -> same);
  }

  private void forgetRuns() {
    int perJob = limits.runsPerJob();
    while (perJob > 1 && runsWith(perJob) > limits.runs()) {
      perJob /= 2;
    }
    for (JobState job : jobs.values()) {
      job.forgetRuns(perJob);
    }
    runs = jobs.values().stream().mapToInt(JobState::runCount).sum();
  }

  private long runsWith(int perJob) {
    return jobs.values().stream().mapToLong(job -> Math.min(job.runCount(), perJob)).sum();
  }

  /** The model of the events so far. More may be added afterwards. */
  public LineageModel build() {
    forgetRuns();
    List<LineageJob> built = new ArrayList<>(jobs.values().stream().map(JobState::toJob).toList());
    Set<String> said = new LinkedHashSet<>(notices);
    if (unreadable > 0) {
      said.add(count(unreadable, "record is", "records are") + " no OpenLineage event.");
    }
    long olderRuns = built.stream().mapToLong(LineageJob::olderRuns).sum();
    if (olderRuns > 0) {
      said.add(
          count(olderRuns, "older run is", "older runs are")
              + " not listed; they count in the versions of their jobs.");
    }
    long olderVersions = built.stream().mapToLong(LineageJob::olderVersions).sum();
    if (olderVersions > 0) {
      said.add(
          count(olderVersions, "older version of a job is", "older versions of jobs are")
              + " left out.");
    }
    int without = new ColumnEdgeLimit(limits.columnEdges()).apply(built);
    if (without > 0) {
      said.add(
          "There are more than "
              + limits.columnEdges()
              + " column edges; "
              + count(without, "version of a job has", "versions of jobs have")
              + " none here.");
    }
    List<LineageDataset> list = new ArrayList<>();
    datasets.forEach(
        (id, state) ->
            list.add(
                new LineageDataset(
                    id, List.copyOf(state.aliases), state.schema, state.description)));
    return new LineageModel(list, built, events, List.copyOf(said));
  }

  private static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
