package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.view.DisplayText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events on one line each, with the duration of a run in the line of its end. Not thread-safe. */
final class EventLine {

  private static final int RUNS_REMEMBERED = 10_000;
  private static final int NAME_LENGTH = 200;
  private static final int ERROR_LENGTH = 300;

  /** When the runs began that were heard of last. */
  private final Map<String, OffsetDateTime> starts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, OffsetDateTime> eldest) {
          return size() > RUNS_REMEMBERED;
        }
      };

  /** What is worth a line, in the order in which it is printed. */
  Map<String, Object> fields(JsonNode event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", text(event.path("eventTime")));
    fields.put("type", type(event));
    fields.put("job", text(event.at("/job/namespace")) + ":" + text(event.at("/job/name")));
    fields.put("run", text(event.at("/run/runId")));
    fields.put("inputs", datasets(event.path("inputs")));
    fields.put("outputs", datasets(event.path("outputs")));
    duration(event).ifPresent(duration -> fields.put("durationMillis", duration.toMillis()));
    String error = event.at("/run/facets/errorMessage/message").asText();
    if (!error.isEmpty()) {
      fields.put("error", DisplayText.line(error.lines().findFirst().orElse(""), ERROR_LENGTH));
    }
    return fields;
  }

  /** The fields as people read them. */
  @SuppressWarnings("unchecked")
  static String print(Map<String, Object> fields) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-24s %-8s %s %s",
            fields.get("time"), fields.get("type"), fields.get("job"), fields.get("run")));
    List<String> inputs = (List<String>) fields.get("inputs");
    List<String> outputs = (List<String>) fields.get("outputs");
    if (!inputs.isEmpty() || !outputs.isEmpty()) {
      line.append("  ")
          .append(String.join(", ", inputs))
          .append(" -> ")
          .append(String.join(", ", outputs));
    }
    if (fields.containsKey("durationMillis")) {
      line.append(String.format("  %.1f s", (long) fields.get("durationMillis") / 1000.0));
    }
    if (fields.containsKey("error")) {
      line.append("  ").append(fields.get("error"));
    }
    return line.toString();
  }

  private static String type(JsonNode event) {
    if (event.has("run")) {
      return text(event.path("eventType"));
    }
    return event.has("job") ? "JOB" : event.has("dataset") ? "DATASET" : "UNKNOWN";
  }

  private static List<String> datasets(JsonNode side) {
    List<String> names = new ArrayList<>();
    side.forEach(dataset -> names.add(text(dataset.path("name"))));
    return names;
  }

  private Optional<Duration> duration(JsonNode event) {
    String run = event.at("/run/runId").asText();
    OffsetDateTime time;
    try {
      time = OffsetDateTime.parse(event.path("eventTime").asText());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
    return switch (event.path("eventType").asText()) {
      case "START" -> {
        starts.put(run, time);
        yield Optional.empty();
      }
      case "COMPLETE", "FAIL", "ABORT" ->
          Optional.ofNullable(starts.get(run)).map(start -> Duration.between(start, time));
      default -> Optional.empty();
    };
  }

  private static String text(JsonNode value) {
    return DisplayText.line(value.asText(), NAME_LENGTH);
  }
}
