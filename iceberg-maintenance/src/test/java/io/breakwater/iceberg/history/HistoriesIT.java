package io.breakwater.iceberg.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many random histories: {@code mvn verify -pl iceberg-maintenance -Phistories}. What happened is
 * in {@code target/histories.md}.
 */
class HistoriesIT {
  private static final int STEPS = 10;
  private static final long COUNT = Long.getLong("breakwater.histories.count");
  private static final long SEED = Long.getLong("breakwater.histories.seed");

  @Test
  void everyHistory_underMaintenance_isThatOfItsTwin() throws IOException {
    Outcome outcome = new Outcome();
    List<AssertionError> failures = new ArrayList<>();
    try (LocalSpark spark = HistorySpark.start()) {
      LongStream.range(SEED, SEED + COUNT)
          .forEach(
              seed -> {
                try {
                  outcome.add(History.run(spark, seed, STEPS));
                  System.out.printf("seed %d: as its twin%n", seed);
                } catch (AssertionError e) {
                  System.out.printf("seed %d: %s%n", seed, e.getMessage());
                  failures.add(e);
                }
              });
    }

    Files.writeString(Path.of("target", "histories.md"), report(outcome.counts()));
    List<String> idle =
        Upkeep.ours().stream()
            .map(Upkeep::procedure)
            .filter(procedure -> outcome.total("maintenance: " + procedure) == 0)
            .toList();
    assertThat(failures).isEmpty();
    assertThat(COUNT > 20 ? idle : List.of()).as("procedures that never ran").isEmpty();
  }

  private static String report(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(entry -> "| %s | %d |%n".formatted(entry.getKey(), entry.getValue()))
        .collect(
            Collectors.joining(
                "",
                "%d histories from seed %d%n%n| what | times |%n|---|---|%n".formatted(COUNT, SEED),
                ""));
  }
}
