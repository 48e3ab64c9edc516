package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.archive.FaultyFileSystem;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpoolStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Spark session beside real backends that do what backends do. */
class LineageListenerTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private Path spool;
  private SparkSession spark;

  @BeforeEach
  void makeSpool() {
    spool = directory.resolve("spool");
  }

  @AfterEach
  void stopSpark() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void healthyBackend_getsEveryEventAndTheSpoolIsEmpty() throws Exception {
    try (HttpBackend backend = HttpBackend.answering(201)) {
      start(backend.url());
      write(2);
      await()
          .atMost(LONG)
          .until(() -> Events.writeRuns(Events.parse(backend.accepted()), "COMPLETE").size() == 2);
      stop();
      await().atMost(LONG).until(() -> SpoolDirectory.list(spool).isEmpty());
      List<JsonNode> events = Events.parse(backend.accepted());
      assertThat(Events.writeRuns(events, "START")).hasSize(2);
      assertThat(Events.writeRuns(events, "COMPLETE")).isEqualTo(Events.writeRuns(events, "START"));
    }
  }

  @Test
  void listener_movesToItsOwnQueue() throws Exception {
    start(HttpBackend.url(HttpBackend.closedPort()));
    write(1);
    SparkContext context = spark.sparkContext();
    assertThat(context.listenerBus().activeQueues().contains("lineage")).isTrue();
  }

  @Test
  void hangingBackend_harmsNothing() throws Exception {
    try (HttpBackend backend = HttpBackend.answering(HttpBackend.HANG)) {
      jobIsUnharmedAndEveryEventIsDeliveredLater(backend.url());
      assertThat(backend.accepted()).isEmpty();
    }
  }

  @Test
  void unavailableBackend_harmsNothing() throws Exception {
    try (HttpBackend backend = HttpBackend.answering(503)) {
      jobIsUnharmedAndEveryEventIsDeliveredLater(backend.url());
      assertThat(backend.requests()).isPositive();
    }
  }

  @Test
  void refusedConnection_harmsNothing() throws Exception {
    jobIsUnharmedAndEveryEventIsDeliveredLater(HttpBackend.url(HttpBackend.closedPort()));
  }

  @Test
  void archiveThatHangs_harmsNothing() throws Exception {
    FaultyFileSystem.resetCalls();
    FaultyFileSystem.become(FaultyFileSystem.Fault.HANGS);
    try {
      start(
          builder(HttpBackend.url(HttpBackend.closedPort()))
              .config("spark.hadoop.fs.faulty.impl", FaultyFileSystem.class.getName())
              .config("spark.breakwater.lineage.archive.path", "faulty://" + directory + "/archive")
              .config("spark.breakwater.lineage.archive.interval", "1s"));
      write(1);
      await().atMost(LONG).until(() -> FaultyFileSystem.calls() > 0);
      stop();
      assertThat(SpoolStatus.list(spool))
          .singleElement()
          .satisfies(status -> assertThat(status.waiting()).isPositive());
    } finally {
      FaultyFileSystem.become(FaultyFileSystem.Fault.NONE);
    }
  }

  private void jobIsUnharmedAndEveryEventIsDeliveredLater(String badUrl) throws Exception {
    start(badUrl);
    write(2);
    stop();
    List<JsonNode> spooled =
        Events.waiting(spool, Files.createDirectory(directory.resolve("copy")));
    assertThat(Events.writeRuns(spooled, "START")).hasSize(2);
    assertThat(Events.writeRuns(spooled, "COMPLETE")).isEqualTo(Events.writeRuns(spooled, "START"));

    try (HttpBackend good = HttpBackend.answering(200)) {
      start(good.url());
      await().atMost(LONG).until(() -> good.accepted().size() > spooled.size());
      stop();
      await().atMost(LONG).until(() -> SpoolDirectory.list(spool).isEmpty());
      assertThat(Events.parse(good.accepted())).containsSubsequence(spooled);
    }
  }

  @Test
  void eventsThatTheBackendRefuses_areDeadLettersAndTheOthersArrive() throws Exception {
    try (HttpBackend backend =
        HttpBackend.deciding(event -> event.contains("\"START\"") ? 422 : 200)) {
      start(backend.url());
      write(1);
      await()
          .atMost(LONG)
          .until(() -> !Events.writeRuns(Events.parse(backend.accepted()), "COMPLETE").isEmpty());
      stop();
      await().atMost(LONG).until(() -> SpoolDirectory.list(spool).isEmpty());
      try (var files = Files.list(spool.resolve("dead-letter"))) {
        List<JsonNode> letters = Events.ofFile(files.findFirst().orElseThrow());
        assertThat(letters).hasSizeGreaterThanOrEqualTo(2);
        assertThat(letters)
            .allSatisfy(
                letter -> {
                  assertThat(letter.get("reason").asText()).startsWith("code: 422");
                  assertThat(Events.parse(letter.get("event").asText()).get("eventType").asText())
                      .isEqualTo("START");
                });
      }
    }
  }

  @Test
  void badConfiguration_isReportedAndTheJobAndLineageGoOn() throws Exception {
    start(
        builder(HttpBackend.url(HttpBackend.closedPort()))
            .config("spark.breakwater.lineage.spool.maxSize", "many"));
    write(1);
    stop();
    assertThat(SpoolStatus.list(spool))
        .singleElement()
        .satisfies(status -> assertThat(status.waiting()).isPositive());
    assertThat(Files.readString(Path.of("target", "host.log")))
        .contains(
            "Invalid spark.breakwater.lineage.spool.maxSize: many, must be from 1m to 1t; using"
                + " 1g");
  }

  @Test
  void transportThatCannotBeMade_keepsEventsInTheSpool() throws Exception {
    start(builder("unused").config("spark.openlineage.transport.type", "carrier-pigeon"));
    write(1);
    stop();
    assertThat(SpoolStatus.list(spool))
        .singleElement()
        .satisfies(status -> assertThat(status.waiting()).isPositive());
  }

  private SparkSession.Builder builder(String url) {
    return SparkSession.builder()
        .master("local[2]")
        .appName("lineage")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
        .config("spark.extraListeners", LineageListener.class.getName())
        .config("spark.openlineage.transport.type", "http")
        .config("spark.openlineage.transport.url", url)
        // Longer than any test: a bound must be ours, not the transport's.
        .config("spark.openlineage.transport.timeoutInMillis", "600000")
        .config("spark.breakwater.lineage.spool.dir", spool.toString());
  }

  private void start(String url) {
    start(builder(url));
  }

  private void start(SparkSession.Builder builder) {
    spark = builder.getOrCreate();
    // OpenLineage loses the START of a query that is over before it has come up itself.
    await()
        .atMost(LONG)
        .until(() -> SpoolStatus.list(spool).stream().anyMatch(s -> s.owned() && s.segments() > 0));
  }

  private void write(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Path out = Files.createTempDirectory(directory, "out").resolve("table");
      spark.range(100).write().parquet(out.toString());
      assertThat(spark.read().parquet(out.toString()).count()).isEqualTo(100);
    }
  }

  /** Fails if the context does not stop, whatever the backend does. */
  private void stop() {
    Thread stopper = new Thread(spark::stop, "stop-spark");
    stopper.setDaemon(true);
    stopper.start();
    await().atMost(LONG).until(() -> !stopper.isAlive());
    spark = null;
  }
}
