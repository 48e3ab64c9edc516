package io.breakwater.lineage.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** The JSON of one event, also of one in a line of a dead-letter file. */
final class EventParser {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private EventParser() {}

  /**
   * Passes the event on, or why it cannot be read.
   *
   * @param where the place of {@code json}, for the reader
   */
  static void parse(byte[] json, String where, EventSink sink) {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(json);
      if (tree.path("event").isTextual() && tree.has("refusedAt")) {
        tree = MAPPER.readTree(tree.get("event").textValue());
      }
    } catch (JsonProcessingException e) {
      sink.unreadable("Cannot read " + where + ": no JSON: " + e.getOriginalMessage());
      return;
    } catch (IOException e) {
      sink.unreadable("Cannot read " + where + ": " + e);
      return;
    }
    sink.event(tree);
  }
}
