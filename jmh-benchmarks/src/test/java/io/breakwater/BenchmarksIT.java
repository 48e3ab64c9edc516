package io.breakwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every benchmark and every contender still runs; how fast is not asked. */
class BenchmarksIT {

  @TempDir Path directory;

  @Test
  void everyBenchmarkRuns() throws Exception {
    Path results = directory.resolve("results.csv");
    Path output = directory.resolve("output.txt");
    int exit =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("breakwater.jar"),
                "-foe",
                "true",
                "-f",
                "1",
                "-wi",
                "0",
                "-i",
                "1",
                "-r",
                "100ms",
                "-rf",
                "csv",
                "-rff",
                results.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    assertThat(exit).as(Files.readString(output)).isZero();
    List<String> rows = Files.readAllLines(results);
    for (String benchmark :
        Arrays.asList(
            "io.breakwater.wal.hbase.WalAppendBenchmark",
            "io.breakwater.iceberg.dv.RepackBenchmark",
            "io.breakwater.lineage.deliver.EmitBenchmark")) {
      assertThat(rows).as(benchmark).anyMatch(row -> row.contains(benchmark));
    }
  }
}
