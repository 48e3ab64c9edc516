package io.breakwater.lineage.scenario;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What a job does in one scenario.
 *
 * @param name unique; also the directory and the database of what it reads and writes
 * @param program the job itself
 */
record Scenario(String name, Program program) {

  /** Runs in a session that all scenarios share, with an empty directory of its own. */
  @FunctionalInterface
  interface Program {
    void run(SparkSession spark, Path directory) throws Exception;
  }
}
