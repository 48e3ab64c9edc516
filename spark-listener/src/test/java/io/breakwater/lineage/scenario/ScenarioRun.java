package io.breakwater.lineage.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.LineageListener;
import io.breakwater.lineage.spool.SpoolStatus;
import io.openlineage.spark.agent.OpenLineageSparkListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext$;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;
import scala.collection.JavaConverters;

/** The scenarios, one after the other in one session, under one of the two listeners. */
final class ScenarioRun {

  /** The name under which the application's own run is found. */
  static final String APPLICATION = "application";

  private static final Duration LONG = Duration.ofMinutes(2);

  private final Path directory;
  private final Class<?> listener;

  private ScenarioRun(Path directory, Class<?> listener) {
    this.directory = directory;
    this.listener = listener;
  }

  /** The events that OpenLineage's own listener makes of each scenario. */
  static Map<String, List<JsonNode>> ofStock(Path directory, List<Scenario> scenarios)
      throws Exception {
    return new ScenarioRun(directory, OpenLineageSparkListener.class).run(scenarios);
  }

  /** The events that ours makes of each scenario. */
  static Map<String, List<JsonNode>> ofOurs(Path directory, List<Scenario> scenarios)
      throws Exception {
    return new ScenarioRun(directory, LineageListener.class).run(scenarios);
  }

  private Map<String, List<JsonNode>> run(List<Scenario> scenarios) throws Exception {
    NavigableMap<Instant, String> begins = new TreeMap<>();
    begins.put(Instant.MIN, APPLICATION);
    SparkSession spark = session();
    try (Connection database = DatabaseScenarios.open()) {
      assertThat(database.isValid(0)).isTrue();
      ColumnScenarios.createTables(spark);
      for (Scenario scenario : scenarios) {
        String name = scenario.name();
        Path own = Files.createDirectories(directory.resolve(name));
        spark.sql("create database " + name + " location '" + own.resolve("tables") + "'");
        begins.put(nextMoment(), name);
        scenario.program().run(spark, own);
        begins.put(nextMoment(), APPLICATION);
      }
    } finally {
      spark.stop();
    }
    return byScenario(begins);
  }

  /** Waits until the listeners have read everything that has happened. */
  static void awaitRead() throws TimeoutException {
    SparkContext$.MODULE$.getActive().get().listenerBus().waitUntilEmpty(LONG.toMillis());
    Awaitility.await().atMost(LONG).until(ScenarioRun::isCaptured);
  }

  /** Whether what our listener was given has been read; true without our listener. */
  private static boolean isCaptured() {
    return JavaConverters.seqAsJavaList(
            SparkEnv.get().metricsSystem().getSourcesByName("breakwater.lineage"))
        .stream()
        .map(source -> source.metricRegistry().getTimers())
        .allMatch(
            timers ->
                timers.get("captureTime").getCount() >= timers.get("listenerTime").getCount());
  }

  /** A time between all events so far and all that will be. */
  private static Instant nextMoment() throws Exception {
    awaitRead();
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis() + 1);
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(LONG)
        .until(() -> Instant.now().isAfter(now));
    return now;
  }

  private SparkSession session() {
    Path spool = directory.resolve("spool");
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .appName("not this name")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .config("spark.sql.catalogImplementation", "hive")
            .config(
                "spark.hadoop.javax.jdo.option.ConnectionURL",
                "jdbc:derby:memory:" + directory.getFileName() + ";create=true")
            .config("spark.hadoop.hive.exec.scratchdir", directory.resolve("scratch").toString())
            .config("spark.hadoop.datanucleus.schema.autoCreateTables", "true")
            .config("spark.hadoop.hive.metastore.schema.verification", "false")
            .config(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.ice.type", "hadoop")
            .config("spark.sql.catalog.ice.warehouse", directory.resolve("ice").toString())
            .config("spark.extraListeners", listener.getName())
            .config("spark.openlineage.appName", "scenarios")
            .config("spark.openlineage.namespace", "judged")
            .config("spark.openlineage.parentJobNamespace", "outside")
            .config("spark.openlineage.parentJobName", "scheduler")
            .config("spark.openlineage.parentRunId", "bd9c2467-3ed7-4fdc-85c2-41ebf5c73b40")
            .config("spark.openlineage.job.tags", "judged;kind:test")
            .config("spark.openlineage.run.tags", "run;set:up:SERVICE")
            .config("spark.openlineage.job.owners.team", "lineage")
            .config("spark.openlineage.facets.spark_unknown.disabled", "true")
            .config("spark.openlineage.dataset.removePath.pattern", "(.*)(?<remove>_666)")
            .config("spark.openlineage.transport.type", "file")
            .config("spark.openlineage.transport.location", events().toString())
            .config("spark.breakwater.lineage.events.running", "all")
            .config("spark.breakwater.lineage.stopTimeout", "1min")
            .config("spark.breakwater.lineage.streaming.batchInterval", "0ms")
            .config("spark.breakwater.lineage.spool.dir", spool.toString());
    SparkSession spark = builder.getOrCreate();
    // A query that is over before OpenLineage has come up itself has no START.
    Awaitility.await()
        .atMost(LONG)
        .until(
            () ->
                Files.exists(events())
                    || SpoolStatus.list(spool).stream().anyMatch(s -> s.segments() > 0));
    return spark;
  }

  private Path events() {
    return directory.resolve("events.jsonl");
  }

  /** A run belongs to the scenario in which it has begun. */
  private Map<String, List<JsonNode>> byScenario(NavigableMap<Instant, String> begins)
      throws IOException {
    Map<String, List<JsonNode>> events = new LinkedHashMap<>();
    Map<String, String> scenarioOfRun = new HashMap<>();
    List<JsonNode> all =
        listener == LineageListener.class
            ? Events.ofFile(events())
            : Events.ofFileWithDuplicates(events());
    for (JsonNode event : all) {
      Instant time = OffsetDateTime.parse(event.at("/eventTime").asText()).toInstant();
      String scenario =
          scenarioOfRun.computeIfAbsent(
              event.at("/run/runId").asText(), run -> begins.floorEntry(time).getValue());
      events.computeIfAbsent(scenario, name -> new ArrayList<>()).add(event);
    }
    return events;
  }
}
