package io.breakwater.lineage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How much heap does lineage take of a driver whose plans are big? Without a listener, with ours
 * and with OpenLineage's own, against a backend that is healthy. Each run is a driver of its own,
 * in which {@link LiveHeap} watches; the order is drawn anew in every repeat.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar plans RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/big-plans.json}. {@code -Dbars.writes} (1) of the plan in one driver,
 * {@code -Dbars.repeats} (3), {@code -Dbars.limit} (seconds for a driver, 600).
 */
public final class BigPlanBars {
  private static final int WRITES = Integer.getInteger("bars.writes", 1);
  private static final int REPEATS = Integer.getInteger("bars.repeats", 3);
  private static final int LIMIT_SECONDS = Integer.getInteger("bars.limit", 600);
  private static final long SEED = Long.getLong("bars.seed", 1);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Map<String, Object> RUN = RunConditions.now("plans RESULTS");

  /** Whose listener. */
  private enum Contender {
    NONE(null),
    BREAKWATER("io.breakwater.lineage.LineageListener"),
    OPENLINEAGE("io.openlineage.spark.agent.OpenLineageSparkListener");

    private final String listener;

    Contender(String listener) {
      this.listener = listener;
    }
  }

  private record Case(Contender contender, BigPlan.Shape plan) {}

  private BigPlanBars() {}

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    List<Case> cases = new ArrayList<>();
    for (BigPlan.Shape plan : BigPlan.Shape.values()) {
      for (Contender contender : Contender.values()) {
        cases.add(new Case(contender, plan));
      }
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    Random random = new Random(SEED);
    for (int repeat = 1; repeat <= REPEATS; repeat++) {
      Collections.shuffle(cases, random);
      for (Case one : cases) {
        Map<String, Object> row = run(one, repeat);
        System.out.println(row);
        rows.add(row);
        write(results.resolve("big-plans.json"), rows);
      }
    }
  }

  private static Map<String, Object> run(Case one, int repeat) throws Exception {
    Path directory = Files.createTempDirectory("big-plan-bars");
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("contender", one.contender());
    row.put("plan", one.plan());
    row.put("repeat", repeat);
    try (LineageBackend backend = new LineageBackend(LineageBackend.State.HEALTHY)) {
      Process driver = start(one, backend.url(), directory);
      boolean ended = driver.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      driver.destroyForcibly().waitFor();
      row.put("ended", ended && driver.exitValue() == 0);
      // Spark logs to the same output until its process ends.
      Files.readAllLines(directory.resolve("stdout")).stream()
          .filter(line -> line.startsWith("{\"before_bytes\""))
          .reduce((earlier, later) -> later)
          .ifPresent(
              json -> read(json).fields().forEachRemaining(f -> row.put(f.getKey(), f.getValue())));
      List<String> events = backend.accepted().stream().filter(BigPlanBars::isOfTheWrite).toList();
      row.put("events", events.size());
      row.put("largest_event_bytes", events.stream().mapToInt(String::length).max().orElse(0));
      row.put(
          "reduced_events",
          events.stream()
              .filter(json -> read(json).at("/run/facets").has("breakwater_reduced"))
              .count());
    } finally {
      delete(directory);
    }
    return row;
  }

  /** Or of a query that took OpenLineage too long to read, which is no other. */
  private static boolean isOfTheWrite(String event) {
    return read(event).at("/job/name").asText().endsWith(".unread_query")
        || read(event).at("/outputs").findValuesAsText("name").stream()
            .anyMatch(name -> name.endsWith("/out"));
  }

  private static Process start(Case one, String url, Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-Djdk."))
        .forEach(command::add);
    command.addAll(List.of("-Xmx2g", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + directory));
    if (one.contender().listener != null) {
      command.add("-Dspark.extraListeners=" + one.contender().listener);
      command.add("-Dspark.openlineage.transport.type=http");
      command.add("-Dspark.openlineage.transport.url=" + url);
      command.add("-Dspark.breakwater.lineage.spool.dir=" + directory.resolve("spool"));
      command.add("-Dspark.breakwater.lineage.stopTimeout=30s");
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BigPlan.class.getName(),
            one.plan().name(),
            Integer.toString(WRITES)));
    return new ProcessBuilder(command)
        .redirectOutput(directory.resolve("stdout").toFile())
        .redirectError(directory.resolve("stderr").toFile())
        .start();
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + json, e);
    }
  }

  private static void write(Path file, List<Map<String, Object>> rows) throws IOException {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("writes", WRITES);
    report.put("limit_seconds", LIMIT_SECONDS);
    report.put("runs", rows);
    RunConditions.write(file, RUN, report);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
