package io.breakwater.lineage.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.lineage.ChildJvm;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.HttpBackend;
import io.breakwater.lineage.spool.SpoolDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The lineage part of the demo: a driver whose backend is down is killed; the next driver on the
 * same spool sends its events and its own to a file; every check is computed from that file, the
 * spool and the drivers' logs. Writes {@code lineage.json} to {@code demo.directory}.
 */
public final class LineageDemo {

  private static final Pattern COUNTS =
      Pattern.compile(
          "emitted=(\\d+) spooled=(\\d+) delivered=(\\d+) refused=(\\d+) dropped=(\\d+)");

  private final Path jar = Path.of(System.getProperty("breakwater.jar"));
  private final Path directory;
  private final Path spool;
  private final Path delivered;
  private final long start = System.nanoTime();
  private final List<Map<String, Object>> checks = new ArrayList<>();
  private final List<Map<String, Object>> figures = new ArrayList<>();

  private LineageDemo(Path directory) {
    this.directory = directory;
    this.spool = directory.resolve("spool");
    this.delivered = directory.resolve("lineage").resolve("events.jsonl");
  }

  public static void main(String[] args) throws IOException {
    Path findings = Path.of(System.getProperty("demo.directory"), "lineage.json");
    Files.deleteIfExists(findings);
    Path directory = Path.of("target", "demo-lineage").toAbsolutePath();
    delete(directory);
    Files.createDirectories(directory);
    LineageDemo demo = new LineageDemo(directory);
    String html = null;
    String failure = null;
    try {
      html = demo.run();
    } catch (Exception | AssertionError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      failure = trace.toString();
      demo.say("failed: " + e);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("part", "lineage");
    report.put("title", "Spark lineage through a durable spool");
    report.put("seconds", Math.round(demo.seconds() * 10) / 10.0);
    report.put("checks", demo.checks);
    report.put("figures", demo.figures);
    report.put("html", html);
    report.put("failure", failure);
    Files.createDirectories(findings.getParent());
    Files.writeString(findings, new ObjectMapper().writeValueAsString(report));
  }

  private String run() throws Exception {
    writeInputs();
    List<JsonNode> left = killedDriver();
    String log = nextDriver();
    List<JsonNode> events = Events.ofFile(delivered);
    say("checking " + events.size() + " events in " + delivered.getFileName());
    checkDelivery(left, events, log);
    checkJob(
        "employee JOIN attendance -> table",
        events,
        "attendance_with_emp",
        "employee",
        "attendance.csv");
    checkJob("sales.csv -> Parquet", events, "sales.parquet", "sales.csv");
    check("applications with a START", 2, applications(events, "START"));
    check(
        "applications with a COMPLETE (the other was killed)", 1, applications(events, "COMPLETE"));
    check(
        "events with the database's password",
        0,
        events.stream().filter(e -> e.toString().contains(AttendanceJob.PASSWORD)).count());
    LineageGraph graph = new LineageGraph(events);
    check(
        "the graph leads from employee to the table",
        true,
        graph.leads("employee", "attendance_with_emp"));
    check(
        "the graph leads from attendance.csv to the table",
        true,
        graph.leads("attendance.csv", "attendance_with_emp"));
    check(
        "the graph leads from sales.csv to Parquet",
        true,
        graph.leads("sales.csv", "sales.parquet"));
    figure("jobs in the graph", graph.jobs().size());
    figure("edges in the graph", graph.edges().size());
    return graph.toSvg();
  }

  private void writeInputs() throws IOException {
    Files.writeString(
        directory.resolve("attendance.csv"),
        """
        EmployeeID,Day,Hours
        1,2026-11-02,8.0
        2,2026-11-02,7.5
        3,2026-11-02,6.0
        4,2026-11-02,8.0
        1,2026-11-03,8.0
        3,2026-11-03,8.5
        """);
    StringBuilder sales = new StringBuilder("Id,Product,Amount\n");
    for (int i = 0; i < 5000; i++) {
      sales.append(i).append(",p").append(i % 17).append(',').append(i % 101).append(".5\n");
    }
    Files.writeString(directory.resolve("sales.csv"), sales);
  }

  private List<JsonNode> killedDriver() throws Exception {
    String down = HttpBackend.url(HttpBackend.closedPort());
    try (ChildJvm driver =
        driver(
            "attendance",
            AttendanceJob.class,
            "-Dspark.openlineage.transport.type=http",
            "-Dspark.openlineage.transport.url=" + down)) {
      say("driver 1 joins employee (JDBC) with attendance.csv; its backend " + down + " is down");
      Path copies = Files.createDirectory(directory.resolve("copies"));
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                if (!driver.isAlive()) {
                  throw new IllegalStateException("Driver 1 ended: " + driver.output());
                }
                return driver.output().contains("rows ")
                    && Files.isDirectory(spool)
                    && runs(
                                Events.waiting(spool, Files.createTempDirectory(copies, "copy")),
                                "attendance_with_emp",
                                "COMPLETE")
                            .size()
                        >= 2;
              });
      check("rows in attendance_with_emp", "rows 6", driver.output().trim());
      driver.kill();
      List<JsonNode> left = Events.waiting(spool, Files.createDirectory(copies.resolve("last")));
      say(
          "killed driver 1 (SIGKILL); "
              + left.size()
              + " events are on its disk, 0 were delivered");
      figure("events left by the killed driver", left.size());
      check(
          "lines about lost events in driver 1's log",
          0,
          driver.log().lines().filter(line -> line.contains("Cannot spool")).count());
      return left;
    }
  }

  private String nextDriver() throws Exception {
    try (ChildJvm driver =
        driver(
            "sales",
            SalesJob.class,
            "-Dspark.breakwater.lineage.stopTimeout=20s",
            "-Dspark.openlineage.transport.type=file",
            "-Dspark.openlineage.transport.location=" + delivered)) {
      say("driver 2 makes Parquet of sales.csv; its transport is a file");
      check("exit code of driver 2", 0, driver.awaitExit());
      say("driver 2 has ended");
      return driver.log();
    }
  }

  private ChildJvm driver(String name, Class<?> job, String... conf) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(conf));
    arguments.add("-Dspark.extraListeners=io.breakwater.lineage.LineageListener");
    arguments.add("-Dspark.breakwater.lineage.spool.dir=" + spool);
    return ChildJvm.start(
        directory,
        name,
        ChildJvm.classPath(jar, entry -> true),
        arguments,
        job.getName(),
        directory.toString());
  }

  private static Set<String> runsWithoutEnd(List<JsonNode> events) {
    return runsWithout(Set.of("COMPLETE", "FAIL", "ABORT"), events);
  }

  private static Set<String> runsWithout(Set<String> types, List<JsonNode> events) {
    Set<String> runs = new LinkedHashSet<>();
    events.forEach(event -> runs.add(event.at("/run/runId").asText()));
    events.stream()
        .filter(event -> types.contains(event.path("eventType").asText()))
        .forEach(event -> runs.remove(event.at("/run/runId").asText()));
    return runs;
  }

  private void checkDelivery(List<JsonNode> left, List<JsonNode> events, String log)
      throws IOException {
    Matcher counts = COUNTS.matcher(log);
    if (!counts.find()) {
      throw new IllegalStateException("Driver 2 logged no counts");
    }
    long spooledByTwo = Long.parseLong(counts.group(2));
    Set<JsonNode> arrived = new LinkedHashSet<>(events);
    check(
        "events of driver 1 that arrived exactly as spooled",
        left.size(),
        left.stream().filter(arrived::contains).count());
    check("events of driver 2 delivered, of those spooled", counts.group(2), counts.group(3));
    int ended = runsWithoutEnd(left).size();
    check(
        "events in the file = spooled by both, and the ends of driver 1's open runs",
        left.size() + spooledByTwo + ended,
        events.size());
    check("runs in the file without an end", 0, runsWithoutEnd(events).size());
    check("runs in the file without a START", 0, runsWithout(Set.of("START"), events).size());
    figure("events built by OpenLineage in driver 2", counts.group(1));
    figure("runs that driver 1 left open", ended);
    check("events refused or dropped", "0 0", counts.group(4) + " " + counts.group(5));
    check("drivers' directories left in the spool", 0, SpoolDirectory.list(spool).size());
    figure("events spooled by driver 2", spooledByTwo);
    figure("bytes of events", Files.size(delivered));
  }

  private void checkJob(String name, List<JsonNode> events, String output, String... inputs) {
    Set<String> started = runs(events, output, "START");
    Set<String> completed = runs(events, output, "COMPLETE");
    Set<String> all = new LinkedHashSet<>(started);
    all.addAll(completed);
    check(
        name + ": runs with START and COMPLETE", Math.max(1, all.size()), both(started, completed));
    Set<String> missing = new LinkedHashSet<>(List.of(inputs));
    events.stream()
        .filter(event -> names(event, "outputs").anyMatch(n -> n.endsWith(output)))
        .flatMap(event -> names(event, "inputs"))
        .forEach(input -> missing.removeIf(input::endsWith));
    check(name + ": inputs not named by any event", Set.of().toString(), missing.toString());
  }

  private static long both(Set<String> started, Set<String> completed) {
    return completed.stream().filter(started::contains).count();
  }

  /** The runs that write {@code output} and have an event of {@code type}. */
  private static Set<String> runs(List<JsonNode> events, String output, String type) {
    Set<String> writers = new LinkedHashSet<>();
    Set<String> typed = new LinkedHashSet<>();
    for (JsonNode event : events) {
      String run = event.at("/run/runId").asText();
      if (names(event, "outputs").anyMatch(name -> name.endsWith(output))) {
        writers.add(run);
      }
      if (event.at("/eventType").asText().equals(type)) {
        typed.add(run);
      }
    }
    typed.retainAll(writers);
    return typed;
  }

  private static Stream<String> names(JsonNode event, String side) {
    List<String> names = new ArrayList<>();
    event.path(side).forEach(dataset -> names.add(dataset.get("name").asText()));
    return names.stream();
  }

  private static long applications(List<JsonNode> events, String type) {
    return events.stream()
        .filter(event -> event.at("/job/facets/jobType/jobType").asText().equals("APPLICATION"))
        .filter(event -> event.at("/eventType").asText().equals(type))
        .map(event -> event.at("/run/runId").asText())
        .distinct()
        .count();
  }

  private void check(String name, Object expected, Object actual) {
    Map<String, Object> check = new LinkedHashMap<>();
    check.put("name", name);
    check.put("expected", expected.toString());
    check.put("actual", actual.toString());
    check.put("ok", expected.toString().equals(actual.toString()));
    checks.add(check);
  }

  private void figure(String name, Object value) {
    figures.add(Map.of("name", name, "value", value.toString()));
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private void say(String what) {
    System.out.printf(Locale.ROOT, "[lineage] %5.1f s  %s%n", seconds(), what);
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
