package io.breakwater.lineage.filter;

import io.breakwater.lineage.events.EventStep;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;

/**
 * Leaves out RUNNING events of jobs, the runs of some jobs, and some datasets. A run is left out as
 * a whole: all of its events have the same job. START and end of a run that is kept are always
 * kept.
 */
public final class EventFilter implements EventStep {

  private static final int MAX_RUNS = 4096;

  private final FilterOptions options;

  /** The time of the START or the last RUNNING event of a run that was kept. */
  private final Map<String, OffsetDateTime> lastKept =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, OffsetDateTime> eldest) {
          return size() > MAX_RUNS;
        }
      };

  /** A filter that leaves out what {@code options} say. */
  public EventFilter(FilterOptions options) {
    this.options = options;
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (options.jobs().filter(jobs -> matches(jobs, event.path("job"))).isPresent()
        || (isRunning(event) && !isDue(event, cause))) {
      return;
    }
    if (event.path("eventType").asText().equals("START")) {
      lastKept.put(runId(event), time(event));
    }
    options
        .datasets()
        .ifPresent(
            datasets -> {
              remove(datasets, event.path("inputs"));
              remove(datasets, event.path("outputs"));
              event
                  .path("outputs")
                  .forEach(output -> removeColumns(datasets, output.at("/facets/columnLineage")));
            });
    next.accept(event);
  }

  private static boolean matches(Pattern pattern, JsonNode named) {
    String name = named.path("name").asText();
    String separator = name.startsWith("/") ? "" : "/";
    return pattern.matcher(named.path("namespace").asText() + separator + name).find();
  }

  private static boolean isRunning(ObjectNode event) {
    return event.path("eventType").asText().equals("RUNNING");
  }

  /** Streams say themselves how often they report. */
  private boolean isDue(ObjectNode event, SparkListenerEvent cause) {
    if (options.running().isEmpty()) {
      return false;
    }
    Duration interval = options.running().get();
    if (interval.isZero()
        || !(cause instanceof SparkListenerJobStart || cause instanceof SparkListenerJobEnd)) {
      return true;
    }
    OffsetDateTime last = lastKept.get(runId(event));
    if (last != null && time(event).isBefore(last.plus(interval))) {
      return false;
    }
    lastKept.put(runId(event), time(event));
    return true;
  }

  private static String runId(ObjectNode event) {
    return event.path("run").path("runId").asText();
  }

  private static OffsetDateTime time(ObjectNode event) {
    return OffsetDateTime.parse(event.path("eventTime").asText());
  }

  private static void remove(Pattern datasets, JsonNode list) {
    for (Iterator<JsonNode> each = list.iterator(); each.hasNext(); ) {
      if (matches(datasets, each.next())) {
        each.remove();
      }
    }
  }

  private static void removeColumns(Pattern datasets, JsonNode lineage) {
    if (lineage.path("dataset") instanceof ArrayNode fields) {
      remove(datasets, fields);
    }
    lineage.path("fields").forEach(column -> remove(datasets, column.path("inputFields")));
  }
}
