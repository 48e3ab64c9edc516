package io.breakwater.lineage.demo;

import io.breakwater.lineage.spool.SpoolDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;

/**
 * The session of a job; what concerns lineage comes from the command line, as it does for users.
 */
final class DemoSession {

  private DemoSession() {}

  static SparkSession open(String name, Path directory) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName(name)
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .getOrCreate();
    // OpenLineage loses the START of a query that is over before it has come up itself.
    Path spool = Path.of(spark.conf().get("spark.breakwater.lineage.spool.dir"));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> hasEventsOfThisDriver(spool));
    return spark;
  }

  private static boolean hasEventsOfThisDriver(Path spool) throws IOException {
    String mine = "-" + ProcessHandle.current().pid() + "-";
    for (Path driver : SpoolDirectory.list(spool)) {
      if (driver.getFileName().toString().contains(mine)) {
        try (Stream<Path> files = Files.list(driver)) {
          return files.anyMatch(file -> file.toString().endsWith(".segment"));
        }
      }
    }
    return false;
  }
}
