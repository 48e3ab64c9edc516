package io.breakwater.lineage.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Topics of a real broker, in batch and in streaming, under a name that a resolver gives it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaLineageIT {

  private KafkaBroker broker;
  private LineageSession session;
  private SparkSession spark;
  private Path directory;
  private List<JsonNode> events;
  private String namespace;
  private UUID toTopic;
  private UUID toFiles;

  @BeforeAll
  void run(@TempDir Path temp) throws Exception {
    directory = temp;
    broker = KafkaBroker.start(temp, "orders", "copied");
    namespace = "kafka://" + broker.servers().replaceFirst(".*:", "prod:");
    session =
        LineageSession.start(
            directory,
            Map.of(
                "spark.openlineage.dataset.namespaceResolvers.prod.type", "hostList",
                "spark.openlineage.dataset.namespaceResolvers.prod.hosts", "[127.0.0.1]"));
    spark = session.spark();
    batch();
    toTopic = toTopic();
    toFiles = toFiles();
    events = session.stop();
  }

  @AfterAll
  void stop() {
    if (session != null) {
      session.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  private void batch() {
    spark
        .range(0, 10, 1, 1)
        .selectExpr("cast(id as string) as key", "'v' as value")
        .write()
        .format("kafka")
        .option("kafka.bootstrap.servers", broker.servers())
        .option("topic", "orders")
        .save();
  }

  private Dataset<Row> stream() {
    return spark
        .readStream()
        .format("kafka")
        .option("kafka.bootstrap.servers", broker.servers())
        .option("subscribe", "orders")
        .option("startingOffsets", "earliest")
        .load()
        .selectExpr("key", "value");
  }

  private UUID toTopic() throws Exception {
    return finish(
        stream()
            .writeStream()
            .format("kafka")
            .option("kafka.bootstrap.servers", broker.servers())
            .option("topic", "copied"));
  }

  private UUID toFiles() throws Exception {
    return finish(
        stream()
            .writeStream()
            .foreachBatch(
                (rows, id) -> {
                  rows.selectExpr("cast(value as string) as value")
                      .write()
                      .mode("append")
                      .csv(directory.resolve("out").toString());
                }));
  }

  private UUID finish(DataStreamWriter<Row> writer) throws Exception {
    StreamingQuery query =
        writer
            .option("checkpointLocation", directory.resolve("c-" + UUID.randomUUID()).toString())
            .trigger(Trigger.AvailableNow())
            .start();
    query.awaitTermination();
    return query.runId();
  }

  private Set<String> datasets(String side, JsonNode event) {
    Set<String> names = new TreeSet<>();
    event
        .path(side)
        .forEach(
            dataset ->
                names.add(dataset.at("/namespace").asText() + " " + dataset.at("/name").asText()));
    return names;
  }

  private JsonNode last(UUID run) {
    return events.stream()
        .filter(event -> event.at("/run/runId").asText().equals(run.toString()))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void batchThatWritesATopic_hasItForItsOutput() {
    assertThat(events)
        .filteredOn(event -> event.at("/eventType").asText().equals("COMPLETE"))
        .anySatisfy(
            event -> assertThat(datasets("outputs", event)).containsExactly(namespace + " orders"));
  }

  @Test
  void streamBetweenTopics_hasBothWithTheirSchemas() {
    JsonNode end = last(toTopic);
    assertThat(end.at("/eventType").asText()).isEqualTo("COMPLETE");
    assertThat(datasets("inputs", end)).containsExactly(namespace + " orders");
    assertThat(datasets("outputs", end)).containsExactly(namespace + " copied");
    assertThat(end.at("/inputs/0/facets/schema/fields").findValuesAsText("name"))
        .startsWith("key", "value", "topic", "partition", "offset");
    assertThat(end.at("/outputs/0/facets/schema/fields").findValuesAsText("name"))
        .containsExactly("key", "value");
    assertThat(end.at("/run/facets/breakwater_streamingQuery/inputRows").longValue()).isEqualTo(10);
  }

  @Test
  void streamWhoseBatchesAreWrittenByCode_hasTheTopicAndTheFiles() {
    JsonNode end = last(toFiles);
    assertThat(datasets("inputs", end)).containsExactly(namespace + " orders");
    assertThat(datasets("outputs", end)).containsExactly("file " + directory.resolve("out"));
  }
}
