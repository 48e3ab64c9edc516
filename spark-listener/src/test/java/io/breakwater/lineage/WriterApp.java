package io.breakwater.lineage;

import java.util.concurrent.CountDownLatch;
import org.apache.spark.sql.SparkSession;

/**
 * A Spark application that writes small tables: {@code WriterApp <directory> <count> [stay]}. Its
 * Spark configuration comes from system properties. With {@code stay} it lives on, until it is
 * killed.
 */
public final class WriterApp {

  private WriterApp() {}

  public static void main(String[] args) throws InterruptedException {
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
    if (args.length > 2) {
      new CountDownLatch(1).await();
    }
    System.out.println("stopping");
    spark.stop();
    System.out.println("stopped");
  }
}
