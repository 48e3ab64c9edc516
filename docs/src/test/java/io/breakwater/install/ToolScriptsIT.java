package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts of the archive; HBaseInstallIT and SparkInstallIT run them on their hosts. */
class ToolScriptsIT {

  @TempDir private Path directory;

  @Test
  void everyScript_stopsAtItsFirstError() throws Exception {
    Distribution distribution = Distribution.unpack(directory);
    for (String file : distribution.files()) {
      if (file.startsWith("bin/") || file.endsWith(".sh")) {
        assertThat(Files.readString(distribution.home().resolve(file)))
            .as(file)
            .startsWith("#!/usr/bin/env bash\n")
            .containsPattern("\nset -E?euo pipefail\n");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "breakwater-wal, HBASE_HOME, /bin/hbase: set HBASE_HOME",
    "breakwater-lineage, SPARK_HOME, /jars is not a directory; set SPARK_HOME"
  })
  void scriptWithoutItsHost_explainsItselfAndSaysWhatIsMissing(
      String tool, String variable, String missing) throws Exception {
    Path nowhere = directory.resolve("nowhere");
    Distribution distribution = Distribution.unpack(directory);

    try (HostProcess help = start(distribution, tool, variable, nowhere, "--help")) {
      assertThat(help.succeed()).contains("Runs " + tool, "  " + variable);
    }
    try (HostProcess list = start(distribution, tool, variable, nowhere, "ls")) {
      assertThat(list.exitCode()).isEqualTo(2);
      assertThat(list.errors()).contains(nowhere + missing);
    }
  }

  @Test
  void lineageWithoutOpenLineage_saysWhatIsMissing() throws Exception {
    Path spark = directory.resolve("spark");
    Files.createDirectories(spark.resolve("jars"));
    Distribution distribution = Distribution.unpack(directory);

    try (HostProcess tool = start(distribution, "breakwater-lineage", "SPARK_HOME", spark, "ls")) {
      assertThat(tool.exitCode()).isEqualTo(2);
      assertThat(tool.errors())
          .contains("Cannot find OpenLineage's jar: none is in " + spark + "/jars");
    }
  }

  private HostProcess start(
      Distribution distribution, String tool, String variable, Path home, String argument)
      throws IOException {
    return HostProcess.start(
        directory,
        tool + argument,
        Map.of(variable, home.toString()),
        List.of(distribution.tool(tool).toString(), argument));
  }
}
