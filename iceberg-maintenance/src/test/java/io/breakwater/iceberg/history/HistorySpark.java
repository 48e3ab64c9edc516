package io.breakwater.iceberg.history;

import io.breakwater.iceberg.LocalSpark;
import org.apache.spark.sql.RuntimeConfig;

/** A Spark whose catalog sees the commits of others at once, and whose small jobs are quick. */
final class HistorySpark {
  private HistorySpark() {}

  static LocalSpark start() {
    LocalSpark spark = LocalSpark.start();
    RuntimeConfig conf = spark.session().conf();
    conf.set("spark.sql.catalog.lake.cache-enabled", "false");
    conf.set("spark.sql.shuffle.partitions", "1");
    return spark;
  }
}
