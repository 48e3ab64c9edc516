package io.breakwater.iceberg.compact;

import org.apache.spark.sql.SparkSession;

/**
 * A table of events with two levels of partitions, and an hourly MERGE into it: of every ten
 * changes seven update, one deletes and two insert a row. Changes prefer the newest days. The same
 * hour is the same for every table.
 */
final class HourlyMerges {
  private static final int DAYS = Integer.getInteger("workload.days", 8);
  private static final int REGIONS = Integer.getInteger("workload.regions", 4);
  private static final String PAYLOAD =
      "concat(sha2(cast(%1$s AS STRING), 256), '-', cast(%1$s %% 1000 AS STRING))";

  private final SparkSession spark;
  private final long rows;
  private final long changes;

  /**
   * The merges of one size.
   *
   * @param rows in the table at first
   * @param changes an hour
   */
  HourlyMerges(SparkSession spark, long rows, long changes) {
    this.spark = spark;
    this.rows = rows;
    this.changes = changes;
  }

  void create(String table) {
    spark.sql(
        "CREATE TABLE lake."
            + table
            + " (id BIGINT, day INT, region INT, amount DOUBLE, payload STRING) USING iceberg"
            + " PARTITIONED BY (day, region) TBLPROPERTIES ('format-version'='3',"
            + "'write.delete.mode'='merge-on-read','write.update.mode'='merge-on-read',"
            + "'write.merge.mode'='merge-on-read','write.parquet.compression-codec'='zstd')");
    spark.sql(
        "INSERT INTO lake.%s SELECT id, %s, %s, id * 0.5D, %s FROM range(%d) ORDER BY day, region"
            .formatted(
                table, day("id") + " AS day", region("id") + " AS region", payload("id"), rows));
  }

  void merge(String table, int hour) {
    String drawn =
        "SELECT i, pmod(xxhash64(%d, i), 1000000) / 1000000D AS u FROM (SELECT id AS i FROM range(%d))"
            .formatted(hour, changes);
    String changed =
        "SELECT i %% 10 AS kind, CASE WHEN i %% 10 < 8 THEN CAST(%1$d * (1 - u * u * u) AS BIGINT)"
                .formatted(rows - 1)
            + " ELSE %d + i END AS id FROM (%s)".formatted(rows + hour * changes, drawn);
    spark.sql(
        "MERGE INTO lake.%s t USING (SELECT id, max(kind) AS kind, %s AS day, %s AS region FROM (%s)"
                .formatted(table, day("id"), region("id"), changed)
            + " GROUP BY id) s ON t.id = s.id AND t.day = s.day AND t.region = s.region"
            + " WHEN MATCHED AND s.kind = 7 THEN DELETE"
            + " WHEN MATCHED THEN UPDATE SET amount = t.amount + 1, payload = "
            + payload("(s.id + " + hour + ")")
            + " WHEN NOT MATCHED AND s.kind >= 8 THEN INSERT (id, day, region, amount, payload)"
            + " VALUES (s.id, s.day, s.region, 0D, "
            + payload("s.id")
            + ")");
  }

  private String day(String id) {
    return "CAST(least(%s * %d / %d, %d) AS INT)".formatted(id, DAYS, rows, DAYS - 1);
  }

  private static String region(String id) {
    return "CAST(%s %% %d AS INT)".formatted(id, REGIONS);
  }

  private static String payload(String of) {
    return PAYLOAD.formatted(of);
  }
}
