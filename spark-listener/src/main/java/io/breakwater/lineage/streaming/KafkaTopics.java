package io.breakwater.lineage.streaming;

import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The topics that the options of Spark's Kafka source and sink name, as OpenLineage names them:
 * namespace {@code kafka://host:port} of the first bootstrap server, name of the topic. Topics that
 * a pattern chooses are not known.
 */
final class KafkaTopics {

  private KafkaTopics() {}

  static List<DatasetIdentifier> of(Map<String, String> options) {
    return named(options, topics(options));
  }

  /** The topic of a sink; none if each row names its own. */
  static List<DatasetIdentifier> ofSink(Map<String, String> options) {
    String topic = option(options, "topic");
    return named(options, topic == null ? List.of() : List.of(topic));
  }

  private static List<DatasetIdentifier> named(Map<String, String> options, List<String> topics) {
    String servers = option(options, "kafka.bootstrap.servers");
    if (servers == null) {
      return List.of();
    }
    String namespace = "kafka://" + servers.trim().replaceFirst("\\s*,.*", "");
    return topics.stream().map(topic -> new DatasetIdentifier(topic, namespace)).toList();
  }

  private static List<String> topics(Map<String, String> options) {
    String subscribe = option(options, "subscribe");
    if (subscribe != null) {
      return List.of(subscribe.trim().split("\\s*,\\s*", -1));
    }
    String assign = option(options, "assign");
    List<String> topics = new ArrayList<>();
    if (assign != null) {
      try {
        JsonNode partitions = OpenLineageClientUtils.newObjectMapper().readTree(assign);
        partitions.fieldNames().forEachRemaining(topics::add);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("Invalid assign: " + assign + ", must be JSON", e);
      }
    }
    return topics;
  }

  /** Spark's options know no case. */
  private static String option(Map<String, String> options, String name) {
    return options.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}
