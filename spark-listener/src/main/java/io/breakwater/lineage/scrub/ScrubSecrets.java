package io.breakwater.lineage.scrub;

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
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Takes secrets out of every string of an event, wherever it is. To stand behind all steps that add
 * anything.
 */
public final class ScrubSecrets implements EventStep {

  /** What OpenLineage and our own facets say about themselves: constants. */
  private static final Set<String> CONSTANT =
      Set.of("_producer", "_schemaURL", "producer", "schemaURL", "runId", "eventTime", "eventType");

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
      if (!TextScrubber.text(property.getKey()).equals(property.getKey())) {
        renamed.add(property.getKey());
      }
    }
    for (String key : renamed) {
      object.set(TextScrubber.text(key), object.remove(key));
    }
  }

  private static void scrub(JsonNode node) {
    if (node instanceof ObjectNode object) {
      scrub(object);
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode element = array.get(i);
        if (element.isTextual()) {
          array.set(i, new TextNode(TextScrubber.text(element.textValue())));
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
          case "namespace", "uri", "warehouseUri", "metadataUri" -> TextScrubber.location(value);
          case "name" ->
              owner.has("namespace") ? TextScrubber.name(value) : TextScrubber.text(value);
          default -> TextScrubber.text(value);
        };
    return new TextNode(clean);
  }
}
