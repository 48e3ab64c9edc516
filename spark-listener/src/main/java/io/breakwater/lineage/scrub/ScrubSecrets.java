package io.breakwater.lineage.scrub;

import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.events.EventStep;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.slf4j.LoggerFactory;

/**
 * Takes secrets out of every string of an event, wherever it is. A string that cannot be searched
 * is left out as a whole. To stand behind all steps that add anything.
 */
public final class ScrubSecrets implements EventStep {

  /** What OpenLineage and our own facets say about themselves: constants. */
  private static final Set<String> CONSTANT =
      Set.of("_producer", "_schemaURL", "producer", "schemaURL", "runId", "eventTime", "eventType");

  private static final ProblemLog PROBLEMS =
      new ProblemLog(LoggerFactory.getLogger(ScrubSecrets.class));

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    scrub(event);
    next.accept(event);
  }

  static void scrub(ObjectNode object) {
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

  private static void scrub(JsonNode node) {
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

  private static TextNode scrub(String key, String value, ObjectNode owner) {
    if (TextScrubber.isSecretName(key)) {
      return new TextNode(TextScrubber.redacted());
    }
    String clean =
        switch (key) {
          case "namespace", "uri", "warehouseUri", "metadataUri" ->
              searched(TextScrubber::location, value);
          case "name" -> owner.has("namespace") ? searched(TextScrubber::name, value) : text(value);
          default -> text(value);
        };
    return new TextNode(clean);
  }

  private static String text(String value) {
    return searched(TextScrubber::text, value);
  }

  /** An address of many thousand characters is more than a pattern can match. */
  private static String searched(UnaryOperator<String> scrubber, String value) {
    try {
      return scrubber.apply(value);
    } catch (RuntimeException | StackOverflowError e) {
      PROBLEMS.warn("Cannot look for secrets in a text of an event", e, "all of it is left out");
      return TextScrubber.redacted();
    }
  }
}
