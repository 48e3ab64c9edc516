package io.breakwater.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.iceberg.dv.VerifyBenchmark;
import io.breakwater.results.Rows;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JmhTableTest {

  @Test
  void ratioOfTimes_isTheirsByOursWithTheErrorsOfBoth() throws IOException {
    String table = table("avgt", 10, 3, 40, 16);

    assertThat(table).contains("| `check` | 10 | 10.0 ± 3.0 | 40.0 ± 16.0 | 4.00 ± 2.00 |");
  }

  @Test
  void ratioOfRates_isOursByTheirs() throws IOException {
    String table = table("thrpt", 40, 0, 10, 0);

    assertThat(table).contains("| 4.00 ± 0.00 |");
  }

  @Test
  void scoreOfOneIteration_hasNoError() throws IOException {
    String table = table("avgt", 10, null, 40, null);

    assertThat(table).contains("| 10.0 | 40.0 | 4.00 |");
  }

  @Test
  void otherClasses_areLeftOut() throws IOException {
    Rows results = Rows.of(new ObjectMapper().readTree("[{\"benchmark\":\"a.Other.check\"}]"));

    assertThat(JmhTable.of(VerifyBenchmark.class, results)).isNull();
  }

  private static String table(
      String mode, double ours, Integer oursError, double theirs, Integer theirsError)
      throws IOException {
    String row =
        """
        {"benchmark": "io.breakwater.iceberg.dv.VerifyBenchmark.check", "mode": "%s", "forks": 2,
         "iterations": 5, "params": {"contender": "%s", "positions": "10"}, "score": %s,
         "error": %s, "unit": "us/op"}
        """;
    String results =
        "["
            + row.formatted(mode, "BREAKWATER", ours, oursError)
            + ","
            + row.formatted(mode, "ICEBERG", theirs, theirsError)
            + "]";
    return JmhTable.of(VerifyBenchmark.class, Rows.of(new ObjectMapper().readTree(results)))
        .markdown();
  }
}
