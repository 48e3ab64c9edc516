package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transports that users configure get their keys as if the listener were not there. */
class DelegatesTest {

  private static final String TRANSPORT = "spark.openlineage.transport.";

  @TempDir private Path directory;

  @BeforeEach
  void forgetEarlierTests() {
    StandInDataZoneTransportBuilder.CONFIGS.clear();
    StandInDataZoneTransportBuilder.EVENTS.clear();
  }

  @Test
  void composite_givesEachTransportItsKeysAndEveryEvent() throws Exception {
    Path plain = directory.resolve("plain.jsonl");
    Path transformed = directory.resolve("transformed.jsonl");
    List<JsonNode> atHttp;
    try (HttpBackend backend = HttpBackend.answering(201)) {
      Map<String, String> conf =
          Map.ofEntries(
              Map.entry(TRANSPORT + "type", "composite"),
              Map.entry(TRANSPORT + "continueOnFailure", "true"),
              Map.entry(TRANSPORT + "transports.a.type", "http"),
              Map.entry(TRANSPORT + "transports.a.url", backend.url()),
              Map.entry(TRANSPORT + "transports.a.endpoint", "/lineage/in"),
              Map.entry(TRANSPORT + "transports.a.auth.type", "api_key"),
              Map.entry(TRANSPORT + "transports.a.auth.apiKey", "key-of-the-test"),
              Map.entry(TRANSPORT + "transports.a.headers.X-Team", "platform"),
              Map.entry(TRANSPORT + "transports.b.type", "file"),
              Map.entry(TRANSPORT + "transports.b.location", plain.toString()),
              Map.entry(TRANSPORT + "transports.c.type", "console"),
              Map.entry(TRANSPORT + "transports.d.type", "transform"),
              Map.entry(
                  TRANSPORT + "transports.d.transformerClass", NamingTransformer.class.getName()),
              Map.entry(TRANSPORT + "transports.d.transformerProperties.producer", "urn:named"),
              Map.entry(TRANSPORT + "transports.d.transport.type", "file"),
              Map.entry(TRANSPORT + "transports.d.transport.location", transformed.toString()),
              Map.entry(TRANSPORT + "transports.e.type", "amazon_datazone_api"),
              Map.entry(TRANSPORT + "transports.e.domainId", "dzd_nested"));
      try (LineageSession session = LineageSession.start(directory, conf)) {
        session.spark().range(5).write().parquet(directory.resolve("table").toString());
        session.stop();
      }
      atHttp = Events.parse(backend.accepted());
      assertThat(backend.lastPath()).isEqualTo("/lineage/in");
      assertThat(backend.lastHeader("Authorization")).isEqualTo("Bearer key-of-the-test");
      assertThat(backend.lastHeader("X-Team")).isEqualTo("platform");
    }
    assertThat(atHttp).hasSizeGreaterThanOrEqualTo(4);
    assertThat(Events.ofFile(plain)).isEqualTo(atHttp);
    assertThat(Events.ofFile(transformed))
        .hasSameSizeAs(atHttp)
        .allSatisfy(event -> assertThat(event.get("producer").asText()).isEqualTo("urn:named"));
    assertThat(StandInDataZoneTransportBuilder.EVENTS).hasSameSizeAs(atHttp);
    assertThat(StandInDataZoneTransportBuilder.CONFIGS)
        .allSatisfy(config -> assertThat(config.getDomainId()).isEqualTo("dzd_nested"));
    String run = atHttp.get(0).at("/run/runId").asText();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Files.readString(Path.of("target", "host.log"))
                    .lines()
                    .anyMatch(l -> l.contains("ConsoleTransport") && l.contains(run)));
  }

  @Test
  void dataZoneAndGlueKeys_keepTheirMeaning() throws Exception {
    Map<String, String> conf =
        Map.of(
            "spark.app.name",
            "nativespark-Nightly Orders-jr_1",
            TRANSPORT + "type",
            "amazon_datazone_api",
            TRANSPORT + "domainId",
            "dzd_4711",
            TRANSPORT + "region",
            "eu-central-1",
            TRANSPORT + "endpointOverride",
            "https://datazone.example",
            "spark.glue.accountId",
            "123456789012",
            "spark.glue.GLUE_VERSION",
            "4.0",
            "spark.glue.JOB_NAME",
            "Nightly Orders",
            "spark.glue.JOB_RUN_ID",
            "jr_1",
            "spark.openlineage.facets.custom_environment_variables",
            "[PATH;NO_SUCH_VARIABLE;]");
    try (LineageSession session = LineageSession.start(directory, conf)) {
      session.spark().range(5).write().parquet(directory.resolve("table").toString());
      assertThat(session.spark().sparkContext().getConf().get("spark.glue.accountId"))
          .as("where OpenLineage reads the id of the Glue catalog")
          .isEqualTo("123456789012");
      session.stop();
    }
    assertThat(StandInDataZoneTransportBuilder.CONFIGS)
        .isNotEmpty()
        .allSatisfy(
            config -> {
              assertThat(config.getDomainId()).isEqualTo("dzd_4711");
              assertThat(config.getRegion()).isEqualTo("eu-central-1");
              assertThat(config.getEndpointOverride()).isEqualTo("https://datazone.example");
            });
    assertThat(StandInDataZoneTransportBuilder.EVENTS)
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(
            event -> {
              JsonNode tree =
                  Events.parse(io.openlineage.client.OpenLineageClientUtils.toJson(event));
              assertThat(tree.at("/job/name").asText()).startsWith("nightly_orders");
              assertThat(
                      tree.at("/run/facets/environment-properties/environment-properties/PATH")
                          .asText())
                  .isEqualTo(System.getenv("PATH"));
            });
  }
}
