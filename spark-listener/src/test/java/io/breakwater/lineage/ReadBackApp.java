package io.breakwater.lineage;

import org.apache.spark.sql.SparkSession;

/**
 * A Spark application that writes three tables, reads them back and prints one line, {@code result
 * <sum>}: {@code ReadBackApp <directory>}. Its Spark configuration comes from system properties.
 */
final class ReadBackApp {

  /** 0 + 1 + ... + 99, of each of three tables. */
  static final long SUM = 3 * 4950;

  private ReadBackApp() {}

  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("read back")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", args[0] + "/warehouse")
            .getOrCreate();
    long sum = 0;
    for (String table : new String[] {"a", "b", "c"}) {
      spark.range(100).write().saveAsTable(table);
      sum += spark.sql("SELECT sum(id) FROM " + table).first().getLong(0);
    }
    System.out.println("result " + sum);
    spark.stop();
    System.out.println("stopped");
  }
}
