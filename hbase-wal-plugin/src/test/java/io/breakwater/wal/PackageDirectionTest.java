package io.breakwater.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dependencies point one way: towards the log, which knows neither HBase nor Hadoop. */
class PackageDirectionTest {

  private static final Path SOURCES = Path.of("src/main/java/io/breakwater/wal");

  @ParameterizedTest
  @CsvSource({
    "log, org.apache.hadoop",
    "log/embedded, org.apache",
    "log, io.breakwater.wal.crypto",
    "crypto, io.breakwater.wal.config",
    "crypto, io.breakwater.wal.fs",
    "log, io.breakwater.wal.config",
    "log, io.breakwater.wal.fs",
    "log, io.breakwater.wal.hbase",
    "config, org.apache.hadoop.hbase",
    "config, io.breakwater.wal.fs",
    "config, io.breakwater.wal.hbase",
    "fs, org.apache.hadoop.hbase",
    "fs, io.breakwater.wal.hbase",
    "fs, io.breakwater.wal.log.embedded",
    "hbase, io.breakwater.wal.log.embedded",
    "replication, io.breakwater.wal.log",
    "replication, io.breakwater.wal.hbase"
  })
  void package_importsNothingOf(String folder, String forbidden) throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES.resolve(folder))) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).isNotEmpty();
      for (Path source : sources) {
        assertThat(Files.readAllLines(source))
            .as(source.toString())
            .noneMatch(line -> line.startsWith("import " + forbidden));
      }
    }
  }
}
