package io.breakwater.lineage.demo;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The session of a job; what concerns lineage comes from the command line, as it does for users.
 */
final class DemoSession {

  private DemoSession() {}

  static SparkSession open(String name, Path directory) {
    return SparkSession.builder()
        .master("local[2]")
        .appName(name)
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
        .getOrCreate();
  }
}
