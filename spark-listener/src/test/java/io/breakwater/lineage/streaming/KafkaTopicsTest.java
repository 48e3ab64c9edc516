package io.breakwater.lineage.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openlineage.client.utils.DatasetIdentifier;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaTopicsTest {

  private static final String SERVERS = "kafka.bootstrap.servers";

  @Test
  void subscribedTopics_areDatasetsOfTheFirstServer() {
    assertThat(KafkaTopics.of(Map.of(SERVERS, "a:9092, b:9092", "subscribe", "orders, clicks")))
        .containsExactly(
            new DatasetIdentifier("orders", "kafka://a:9092"),
            new DatasetIdentifier("clicks", "kafka://a:9092"));
  }

  @Test
  void assignedPartitions_areTheirTopics_inAnyCaseOfTheOption() {
    assertThat(KafkaTopics.of(Map.of("KAFKA.bootstrap.servers", "a:1", "Assign", "{\"t\":[0,1]}")))
        .containsExactly(new DatasetIdentifier("t", "kafka://a:1"));
  }

  @Test
  void patternOfTopics_isNoDataset() {
    assertThat(KafkaTopics.of(Map.of(SERVERS, "a:1", "subscribePattern", "t.*"))).isEmpty();
  }

  @Test
  void topicOfASink_isADataset() {
    assertThat(KafkaTopics.ofSink(Map.of(SERVERS, "a:1", "topic", "orders")))
        .containsExactly(new DatasetIdentifier("orders", "kafka://a:1"));
    assertThat(KafkaTopics.ofSink(Map.of(SERVERS, "a:1"))).as("each row names its own").isEmpty();
  }

  @Test
  void sourceWithoutServers_isNotKafka() {
    assertThat(KafkaTopics.of(Map.of("rowsPerBatch", "10"))).isEmpty();
  }

  @Test
  void assignmentThatIsNoJson_isRefusedByName() {
    assertThatThrownBy(() -> KafkaTopics.of(Map.of(SERVERS, "a:1", "assign", "t")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid assign: t, must be JSON");
  }
}
