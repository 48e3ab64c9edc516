package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Events as the trees that steps work on, and as the JSON that OpenLineage's transports send. */
final class EventJson {

  private static final ObjectMapper MAPPER = OpenLineageClientUtils.newObjectMapper();

  private EventJson() {}

  /**
   * An event as it would be sent, without the facets that are disabled. It is read back from what
   * OpenLineage writes, because facets may hold raw JSON, which no tree shows otherwise.
   */
  static ObjectNode tree(byte[] event) throws IOException {
    return (ObjectNode) MAPPER.readTree(event);
  }

  /** A facet as it would be sent within an event. */
  static JsonNode facet(Object facet) {
    return MAPPER.valueToTree(facet);
  }

  /** UTF-8, without a line break. */
  static byte[] bytes(JsonNode event) throws JsonProcessingException {
    return MAPPER.writeValueAsBytes(event);
  }
}
