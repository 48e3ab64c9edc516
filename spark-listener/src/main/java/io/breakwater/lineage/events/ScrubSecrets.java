package io.breakwater.lineage.events;

import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.scrub.TextScrubber;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.slf4j.LoggerFactory;

/**
 * Takes secrets out of every string of an event, wherever it is. A string that cannot be searched
 * is left out as a whole, and of an event that cannot be searched all but its run and job. To stand
 * behind all steps that add anything.
 */
public final class ScrubSecrets implements EventStep {

  /** What OpenLineage and our own facets say about themselves: constants. */
  private static final Set<String> CONSTANT =
      Set.of("_producer", "_schemaURL", "producer", "schemaURL", "runId", "eventTime", "eventType");

  /** Longer texts are statements and messages, which seldom come again. */
  private static final int MAX_KNOWN_LENGTH = 512;

  private static final int MAX_KNOWN = 4096;

  /** What a string is, which says how secrets look in it. */
  private enum Search {
    KEY,
    TEXT,
    LOCATION;

    String scrub(String value) {
      return switch (this) {
        case KEY -> TextScrubber.isSecretName(value) ? TextScrubber.redacted() : value;
        case TEXT -> TextScrubber.text(value);
        case LOCATION -> TextScrubber.location(value);
      };
    }
  }

  private static final ProblemLog PROBLEMS =
      new ProblemLog(LoggerFactory.getLogger(ScrubSecrets.class));

  /** Strings that hold no secret: most come in every event, and a search costs far more. */
  private final Map<Search, Set<String>> clean = new EnumMap<>(Search.class);

  /** A step for one thread. */
  public ScrubSecrets() {
    for (Search search : Search.values()) {
      clean.put(search, Collections.newSetFromMap(new Eldest()));
    }
  }

  private static final class Eldest extends LinkedHashMap<String, Boolean> {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > MAX_KNOWN;
    }
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    try {
      scrub(event);
    } catch (RuntimeException | StackOverflowError e) {
      PROBLEMS.error("Cannot look for secrets in a lineage event; it goes on without facets", e);
      keepIdentity(event);
    }
    next.accept(event);
  }

  /** Leaves the run and its job, so that a run keeps its START and its end. */
  private void keepIdentity(ObjectNode event) {
    event.retain(List.of("eventTime", "eventType", "producer", "schemaURL", "run", "job"));
    if (event.path("run") instanceof ObjectNode run) {
      run.retain("runId");
    }
    if (event.path("job") instanceof ObjectNode job) {
      job.retain(List.of("namespace", "name"));
      scrub(job);
    }
    event.putArray("inputs");
    event.putArray("outputs");
  }

  void scrub(ObjectNode object) {
    List<String> renamed = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      JsonNode value = property.getValue();
      if (value.isTextual()) {
        if (!CONSTANT.contains(property.getKey())) {
          property.setValue(scrub(property.getKey(), value.textValue(), object));
        }
      } else {
        scrub(value);
      }
      if (!text(property.getKey()).equals(property.getKey())) {
        renamed.add(property.getKey());
      }
    }
    for (String key : renamed) {
      object.set(text(key), object.remove(key));
    }
  }

  private void scrub(JsonNode node) {
    if (node instanceof ObjectNode object) {
      scrub(object);
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode element = array.get(i);
        if (element.isTextual()) {
          array.set(i, new TextNode(text(element.textValue())));
        } else {
          scrub(element);
        }
      }
    }
  }

  private TextNode scrub(String key, String value, ObjectNode owner) {
    if (!searched(Search.KEY, key).equals(key)) {
      return new TextNode(TextScrubber.redacted());
    }
    String clean =
        switch (key) {
          case "namespace", "uri", "warehouseUri", "metadataUri" ->
              searched(Search.LOCATION, value);
          case "name" ->
              owner.has("namespace")
                  ? attempt(n -> TextScrubber.name(owner.path("namespace").asText(), n), value)
                  : text(value);
          default -> text(value);
        };
    return new TextNode(clean);
  }

  private String text(String value) {
    return searched(Search.TEXT, value);
  }

  private String searched(Search search, String value) {
    Set<String> known = clean.get(search);
    if (known.contains(value)) {
      return value;
    }
    String scrubbed = attempt(search::scrub, value);
    if (scrubbed.equals(value) && value.length() <= MAX_KNOWN_LENGTH) {
      known.add(value);
    }
    return scrubbed;
  }

  /** An address of many thousand characters is more than a pattern can match. */
  private static String attempt(UnaryOperator<String> scrubber, String value) {
    try {
      return scrubber.apply(value);
    } catch (RuntimeException | StackOverflowError e) {
      PROBLEMS.warn("Cannot look for secrets in a text of an event", e, "all of it is left out");
      return TextScrubber.redacted();
    }
  }
}
