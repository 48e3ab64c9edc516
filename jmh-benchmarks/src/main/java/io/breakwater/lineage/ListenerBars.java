package io.breakwater.lineage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpooledRecord;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What does lineage cost a job of many small writes, and what arrives? Without a listener, with
 * ours and with OpenLineage's own, against backends that are healthy, slow, unavailable, gone or
 * hanging. Each run is a driver of its own; the order is drawn anew in every repeat.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar listener RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/listener.json}. {@code -Dbars.writes} (200), {@code -Dbars.repeats} (3),
 * {@code -Dbars.limit} (seconds for a driver, 300): a driver that takes longer is killed, and the
 * row says so.
 */
public final class ListenerBars {
  private static final int WRITES = Integer.getInteger("bars.writes", 200);
  private static final int REPEATS = Integer.getInteger("bars.repeats", 3);
  private static final int LIMIT_SECONDS = Integer.getInteger("bars.limit", 300);
  private static final long SEED = Long.getLong("bars.seed", 1);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Map<String, Object> RUN = RunConditions.now("listener RESULTS");

  /** Whose listener. */
  private enum Contender {
    NONE,
    BREAKWATER,
    OPENLINEAGE,
    OPENLINEAGE_FILE
  }

  private record Case(Contender contender, LineageBackend.State backend) {}

  private ListenerBars() {}

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(Contender.NONE, null));
    cases.add(new Case(Contender.OPENLINEAGE_FILE, null));
    for (LineageBackend.State state : LineageBackend.State.values()) {
      cases.add(new Case(Contender.BREAKWATER, state));
      cases.add(new Case(Contender.OPENLINEAGE, state));
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    Random random = new Random(SEED);
    for (int repeat = 1; repeat <= REPEATS; repeat++) {
      Collections.shuffle(cases, random);
      for (Case one : cases) {
        Map<String, Object> row = run(one, repeat);
        System.out.println(row);
        rows.add(row);
        write(results.resolve("listener.json"), rows);
      }
    }
  }

  private static Map<String, Object> run(Case one, int repeat) throws Exception {
    Path directory = Files.createTempDirectory("listener-bars");
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("contender", one.contender());
    row.put("backend", one.backend() == null ? "none" : one.backend());
    row.put("repeat", repeat);
    try (LineageBackend backend =
        new LineageBackend(one.backend() == null ? LineageBackend.State.REFUSED : one.backend())) {
      Process driver = start(one, backend.url(), directory);
      boolean ended = driver.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      driver.destroyForcibly().waitFor();
      row.put("ended", ended && driver.exitValue() == 0);
      // Spark may log to the same output until its process ends.
      Optional<String> result =
          Files.readAllLines(directory.resolve("out")).stream()
              .filter(line -> line.startsWith("{"))
              .reduce((earlier, later) -> later);
      if (ended && result.isPresent()) {
        JsonNode took = MAPPER.readTree(result.get());
        took.fields().forEachRemaining(field -> row.put(field.getKey(), field.getValue()));
      }
      row.putAll(runs("delivered", backend.accepted()));
      List<String> durable = new ArrayList<>(backend.accepted());
      durable.addAll(spooled(directory.resolve("spool")));
      if (Files.exists(directory.resolve("events"))) {
        durable.addAll(Files.readAllLines(directory.resolve("events")));
      }
      row.putAll(runs("durable", durable));
    } finally {
      delete(directory);
    }
    return row;
  }

  private static Process start(Case one, String url, Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-Djdk."))
        .forEach(command::add);
    command.add("-Xmx1g");
    command.addAll(listener(one, url, directory));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            SmallWrites.class.getName(),
            Integer.toString(WRITES)));
    return new ProcessBuilder(command)
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private static List<String> listener(Case one, String url, Path directory) {
    String stock = "-Dspark.extraListeners=io.openlineage.spark.agent.OpenLineageSparkListener";
    List<String> http =
        List.of(
            "-Dspark.openlineage.transport.type=http", "-Dspark.openlineage.transport.url=" + url);
    return switch (one.contender()) {
      case NONE -> List.of();
      case BREAKWATER ->
          concat(
              http,
              "-Dspark.extraListeners=io.breakwater.lineage.LineageListener",
              "-Dspark.breakwater.lineage.spool.dir=" + directory.resolve("spool"));
      case OPENLINEAGE -> concat(http, stock);
      case OPENLINEAGE_FILE ->
          List.of(
              stock,
              "-Dspark.openlineage.transport.type=file",
              "-Dspark.openlineage.transport.location=" + directory.resolve("events"));
    };
  }

  private static List<String> concat(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }

  /** How many events, runs, runs without a START and runs without an end are in {@code events}. */
  private static Map<String, Object> runs(String prefix, List<String> events) throws IOException {
    Set<String> all = new HashSet<>();
    Set<String> started = new HashSet<>();
    Set<String> ended = new HashSet<>();
    for (String json : events) {
      JsonNode event = MAPPER.readTree(json);
      String run = event.at("/run/runId").asText();
      all.add(run);
      switch (event.path("eventType").asText()) {
        case "START" -> started.add(run);
        case "COMPLETE", "FAIL", "ABORT" -> ended.add(run);
        default -> {}
      }
    }
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put(prefix + "_events", events.size());
    counts.put(prefix + "_runs", all.size());
    counts.put(
        prefix + "_runs_without_start", all.stream().filter(run -> !started.contains(run)).count());
    counts.put(
        prefix + "_runs_without_end", all.stream().filter(run -> !ended.contains(run)).count());
    return counts;
  }

  private static List<String> spooled(Path root) throws IOException {
    List<String> events = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return events;
    }
    for (Path driver : SpoolDirectory.list(root)) {
      try (Backlog backlog =
          Backlog.recover(SpoolDirectory.claim(driver).orElseThrow(), damage -> {})) {
        Optional<SpooledRecord> record = backlog.next();
        while (record.isPresent()) {
          events.add(new String(record.get().payload(), StandardCharsets.UTF_8));
          backlog.delivered(record.get());
          record = backlog.next();
        }
      }
    }
    return events;
  }

  private static void write(Path file, List<Map<String, Object>> rows) throws IOException {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("writes", WRITES);
    report.put("processors", Runtime.getRuntime().availableProcessors());
    report.put("java", Runtime.version().toString());
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
