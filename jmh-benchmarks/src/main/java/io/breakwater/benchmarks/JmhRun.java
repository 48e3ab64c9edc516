package io.breakwater.benchmarks;

import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** JMH benchmarks with their allocation, and their results as the page reads them. */
final class JmhRun {

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd-HHmmss");

  private JmhRun() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    switch (words.isEmpty() ? "" : words.get(0)) {
      case "--quick" -> quick(Benchmarks.results(words));
      case "jmh" -> publish(Benchmarks.results(words), words.subList(2, words.size()));
      default -> org.openjdk.jmh.Main.main(arguments);
    }
    // Some hosts leave threads behind.
    System.exit(0);
  }

  /**
   * Runs what JMH's own {@code options} say and writes {@code jmh/DATE-TIME.json} below {@code
   * results}.
   */
  private static void publish(Path results, List<String> options)
      throws CommandLineOptionException, RunnerException, IOException {
    Map<String, Object> conditions =
        RunConditions.now(
            options.stream()
                .map(option -> option.matches("[\\w.=-]+") ? option : "'" + option + "'")
                .collect(Collectors.joining(" ", "jmh RESULTS ", "")));
    Collection<RunResult> found =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(options.toArray(String[]::new)))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .build())
            .run();
    Path folder = Files.createDirectories(results.resolve("jmh"));
    write(
        folder.resolve(STAMP.format(LocalDateTime.now(ZoneOffset.UTC)) + ".json"),
        conditions,
        found);
  }

  /**
   * Runs every benchmark once in this process, the smallest of its sizes with each contender: that
   * they work is asked, not how fast.
   */
  private static void quick(Path results) throws RunnerException, IOException {
    Map<String, Object> conditions = RunConditions.now("--quick RESULTS");
    Collection<RunResult> found =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(10))
                    .param("positions", "10")
                    .param("shape", "RUNS")
                    .param("files", "1000")
                    .shouldFailOnError(true)
                    .build())
            .run();
    write(Files.createDirectories(results).resolve("quick.json"), conditions, found);
  }

  private static void write(Path file, Map<String, Object> conditions, Collection<RunResult> found)
      throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (RunResult result : found) {
      rows.add(row(result));
    }
    RunConditions.write(file, conditions, Map.of("results", rows));
  }

  @SuppressWarnings("rawtypes") // as JMH declares its results
  private static Map<String, Object> row(RunResult result) {
    BenchmarkParams benchmark = result.getParams();
    Map<String, String> params = new LinkedHashMap<>();
    benchmark.getParamsKeys().forEach(key -> params.put(key, benchmark.getParam(key)));
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("benchmark", benchmark.getBenchmark());
    row.put("mode", benchmark.getMode().shortLabel().toLowerCase(Locale.ROOT));
    row.put("threads", benchmark.getThreads());
    row.put("forks", benchmark.getForks());
    row.put("iterations", benchmark.getMeasurement().getCount());
    row.put("params", params);
    row.put("score", result.getPrimaryResult().getScore());
    row.put("error", finite(result.getPrimaryResult().getScoreError()));
    row.put("unit", result.getPrimaryResult().getScoreUnit());
    result.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .findFirst()
        .ifPresent(entry -> row.put("bytesPerOperation", finite(entry.getValue().getScore())));
    return row;
  }

  /** JSON has no NaN, which the error of a single iteration is. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }
}
