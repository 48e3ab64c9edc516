package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * What the events of one job have told so far: its runs, and the versions of runs that are gone.
 */
final class JobState {

  private final JobId id;
  private final Map<String, RunState> runs = new LinkedHashMap<>();
  private final Map<JobShape, VersionState> folded = new HashMap<>();
  private final int versionsKept;
  private int versionsGone;
  private long runsGone;
  private Instant told = Instant.MIN;
  private String type = "";
  private String processing = "";
  private String integration = "";
  private String sql = "";
  private String description = "";

  /** A version while it is counted. */
  private static final class VersionState {
    private Instant first = Instant.MAX;
    private Instant last = Instant.MIN;
    private long runs;
    private boolean completed;

    void add(Instant time, long count) {
      first = time.isBefore(first) ? time : first;
      last = time.isAfter(last) ? time : last;
      runs += count;
    }

    void add(VersionState other) {
      add(other.first, 0);
      add(other.last, other.runs);
      completed |= other.completed;
    }
  }

  JobState(JobId id, int versionsKept) {
    this.id = id;
    this.versionsKept = versionsKept;
  }

  void describe(Instant time, JsonNode facets) {
    if (time.isBefore(told)) {
      return;
    }
    told = time;
    type = or(EventFacets.name(facets, "jobType", "jobType"), type);
    processing = or(EventFacets.name(facets, "jobType", "processingType"), processing);
    integration = or(EventFacets.name(facets, "jobType", "integration"), integration);
    sql = or(EventFacets.text(facets, "sql", "query"), sql);
    description = or(EventFacets.text(facets, "documentation", "description"), description);
  }

  private static String or(String value, String otherwise) {
    return value.isEmpty() ? otherwise : value;
  }

  RunState run(String run, Instant time) {
    return runs.computeIfAbsent(run, key -> new RunState(key, time));
  }

  int runCount() {
    return runs.size();
  }

  /** A version that an event declares without a run. */
  void declare(JobShape shape, Instant time) {
    count(folded, shape, time, 0, true);
  }

  /** Keeps the {@code keep} runs that were heard of last; of the others their versions. */
  void forgetRuns(int keep) {
    List<RunState> latestFirst = latestFirst(RunState::lastEvent);
    for (RunState run : latestFirst.subList(Math.min(keep, latestFirst.size()), runs.size())) {
      count(folded, run.shape(), run.started(), 1, run.hasCompleted());
      runs.values().remove(run);
      runsGone++;
    }
    versionsGone += forgetVersions(folded, 4 * versionsKept);
  }

  private List<RunState> latestFirst(Function<RunState, Instant> time) {
    List<RunState> latestFirst = new ArrayList<>(runs.values());
    latestFirst.sort(Comparator.comparing(time).reversed());
    return latestFirst;
  }

  private static void count(
      Map<JobShape, VersionState> versions,
      JobShape shape,
      Instant time,
      long runs,
      boolean completed) {
    if (!shape.isEmpty()) {
      VersionState state = versions.computeIfAbsent(shape, key -> new VersionState());
      state.add(time, runs);
      state.completed |= completed;
    }
  }

  /** A run that has not completed may not have told all of what its version is. */
  private static void forgetParts(Map<JobShape, VersionState> versions) {
    List<JobShape> whole =
        versions.keySet().stream().filter(shape -> versions.get(shape).completed).toList();
    versions
        .entrySet()
        .removeIf(
            entry ->
                !entry.getValue().completed
                    && whole.stream().anyMatch(shape -> entry.getKey().isPartOf(shape)));
  }

  private static int forgetVersions(Map<JobShape, VersionState> versions, int keep) {
    if (versions.size() <= keep) {
      return 0;
    }
    List<JobShape> latestFirst = new ArrayList<>(versions.keySet());
    latestFirst.sort(Comparator.comparing((JobShape s) -> versions.get(s).last).reversed());
    latestFirst.subList(keep, latestFirst.size()).forEach(versions::remove);
    return latestFirst.size() - keep;
  }

  LineageJob toJob() {
    Map<JobShape, VersionState> counted = new LinkedHashMap<>();
    folded.forEach(
        (shape, state) -> counted.computeIfAbsent(shape, s -> new VersionState()).add(state));
    Map<RunState, JobShape> shapes = new LinkedHashMap<>();
    for (RunState run : latestFirst(RunState::started)) {
      JobShape shape = run.shape();
      shapes.put(run, shape);
      count(counted, shape, run.started(), 1, run.hasCompleted());
    }
    forgetParts(counted);
    int gone = versionsGone + forgetVersions(counted, versionsKept);
    List<JobShape> order = new ArrayList<>(counted.keySet());
    order.sort(
        Comparator.comparing((JobShape shape) -> counted.get(shape).first)
            .thenComparing(shape -> counted.get(shape).last));
    Map<JobShape, Integer> numbers = new HashMap<>();
    List<JobVersion> versions = new ArrayList<>();
    for (JobShape shape : order) {
      VersionState state = counted.get(shape);
      numbers.put(shape, versions.size());
      versions.add(new JobVersion(shape, state.first, state.last, state.runs));
    }
    List<LineageRun> latest = new ArrayList<>();
    shapes.forEach(
        (run, shape) -> {
          Integer number = numbers.get(shape);
          latest.add(run.toRun(number == null ? OptionalInt.empty() : OptionalInt.of(number)));
        });
    return new LineageJob(
        id, type, processing, integration, sql, description, versions, gone, latest, runsGone);
  }
}
