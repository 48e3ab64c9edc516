package io.breakwater.benchmarks;

import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Section;
import java.util.Map;
import java.util.stream.Collectors;

/** A JMH class: its words, and a table of each run that has it, the newest first. */
record JmhSection(Class<?> benchmark) implements Section {

  @Override
  public String markdown(Results results) {
    String runs =
        results.readAll("jmh").stream()
            .map(run -> new Run(run, JmhTable.of(benchmark, run.rows("results"))))
            .filter(run -> run.table() != null)
            .map(run -> run.measured().circumstances() + " " + run.table().markdown())
            .collect(Collectors.joining("\n\n"));
    if (runs.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot publish " + benchmark.getName() + ": no file in results/jmh has it");
    }
    return Prose.of(benchmark, Map.of("runs", runs));
  }

  private record Run(Results.Measured measured, JmhTable table) {}
}
