package io.breakwater.benchmarks;

import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Section;
import java.util.Map;
import java.util.stream.Collectors;

/** A JMH class: its words, and a table of each run that has it, the newest first. */
record JmhSection(Class<?> benchmark) implements Section {

  private static final String NONE = "Not measured yet: no file in `results/jmh` has it.";

  @Override
  public String markdown(Results results) {
    String runs =
        results.readAll("jmh").stream()
            .map(run -> new Run(run, JmhTable.of(benchmark, run.rows("results"))))
            .filter(run -> run.table() != null)
            .map(run -> run.measured().conditions() + "\n\n" + run.table().markdown())
            .collect(Collectors.joining("\n\n"));
    return Prose.of(benchmark, Map.of("runs", runs.isEmpty() ? NONE : runs));
  }

  private record Run(Results.Measured measured, JmhTable table) {}
}
