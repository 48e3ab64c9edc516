package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Events as spooled: the JSON that OpenLineage's own transports would send, in UTF-8, without a
 * line break. The kind of an event follows from the property that only it has.
 */
final class EventCodec {

  private static final ObjectMapper MAPPER = OpenLineageClientUtils.newObjectMapper();

  private EventCodec() {}

  static byte[] encode(OpenLineage.BaseEvent event) {
    return OpenLineageClientUtils.toJson(event).getBytes(StandardCharsets.UTF_8);
  }

  static OpenLineage.BaseEvent decode(byte[] json) throws IOException {
    JsonNode tree = MAPPER.readTree(json);
    if (tree.has("run")) {
      return IcebergReports.decode(MAPPER, tree);
    }
    if (tree.has("dataset")) {
      return MAPPER.treeToValue(tree, OpenLineage.DatasetEvent.class);
    }
    if (tree.has("job")) {
      return MAPPER.treeToValue(tree, OpenLineage.JobEvent.class);
    }
    throw new IOException("Cannot read an event: none of run, dataset and job is in it");
  }
}
