package io.breakwater.lineage;

import org.apache.spark.sql.SparkSession;

/**
 * A Spark application that writes small tables: {@code WriterApp <directory> <count>}. Its Spark
 * configuration comes from system properties.
 */
public final class WriterApp {

  private WriterApp() {}

  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("writer")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.warehouse.dir", args[0] + "/warehouse")
            .getOrCreate();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      spark.range(100).write().parquet(args[0] + "/" + ProcessHandle.current().pid() + "/t" + i);
      System.out.println("written " + i);
    }
    spark.stop();
    System.out.println("stopped");
  }
}
