package io.breakwater.lineage.demo;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The second job of the demo: a CSV becomes Parquet. */
public final class SalesJob {

  private SalesJob() {}

  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    SparkSession spark = DemoSession.open("sales", directory);
    Dataset<Row> sales =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(directory.resolve("sales.csv").toString());
    System.out.println("rows " + sales.count());
    sales.write().parquet(directory.resolve("sales.parquet").toString());
    spark.stop();
    System.out.println("stopped");
  }
}
