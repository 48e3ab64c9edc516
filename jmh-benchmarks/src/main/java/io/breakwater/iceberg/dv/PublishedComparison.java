package io.breakwater.iceberg.dv;

import io.breakwater.iceberg.BarsSpark;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.apache.spark.sql.Row;

/**
 * Does a published comparison of version 2 position deletes with deletion vectors reproduce? 10,000
 * rows, {@code DELETE} of the ids 1000 to 1099, Spark and Iceberg alone, none of ours: the time of
 * the delete, the bytes of the delete file, the time of a full and of a filtered read. The two
 * formats take turns, and who begins alternates.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar comparison RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/published-comparison.json}. {@code -Dbars.repeats} makes it shorter.
 */
public final class PublishedComparison {
  private static final int REPEATS = Integer.getInteger("bars.repeats", 20);
  private static final int WARM_UP = 5;
  private static final int ROWS = 10_000;

  private final BarsSpark spark;
  private final Map<String, Object> conditions = RunConditions.now("comparison RESULTS");
  private final Map<String, List<Double>> figures = new TreeMap<>();

  private PublishedComparison(BarsSpark spark) {
    this.spark = spark;
  }

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    try (BarsSpark spark = BarsSpark.start("published-comparison")) {
      PublishedComparison comparison = new PublishedComparison(spark);
      for (int repeat = -WARM_UP; repeat < REPEATS; repeat++) {
        comparison.run(repeat % 2 == 0 ? 2 : 3, repeat);
        comparison.run(repeat % 2 == 0 ? 3 : 2, repeat);
      }
      comparison.write(results.resolve("published-comparison.json"));
    }
  }

  private void run(int version, int repeat) {
    String table = "lake.db.v" + version;
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id BIGINT, name STRING, category STRING, amount DOUBLE, at TIMESTAMP) USING iceberg"
            + " TBLPROPERTIES ('write.delete.mode'='merge-on-read','format-version'='%d')"
                .formatted(version));
    spark.sql(
        "INSERT INTO "
            + table
            + " SELECT id, concat('name-', id), concat('category-', id % 10), id * 1.5D,"
            + " timestamp_seconds(1700000000 + id) FROM range(0, %d, 1, 1)".formatted(ROWS));
    time(
        version,
        repeat,
        "delete_ms",
        () -> spark.sql("DELETE FROM " + table + " WHERE id BETWEEN 1000 AND 1099"));
    List<Row> full =
        time(version, repeat, "full_read_ms", () -> spark.sql("SELECT * FROM " + table));
    List<Row> filtered =
        time(
            version,
            repeat,
            "filtered_read_ms",
            () -> spark.sql("SELECT * FROM " + table + " WHERE id BETWEEN 500 AND 1500"));
    if (full.size() != ROWS - 100 || filtered.size() != 901) {
      throw new IllegalStateException(full.size() + " and " + filtered.size() + " rows");
    }
    Row delete =
        spark.sql("SELECT file_size_in_bytes, file_format FROM " + table + ".delete_files").get(0);
    if (!delete.getString(1).equals(version == 2 ? "PARQUET" : "PUFFIN")) {
      throw new IllegalStateException("a delete file in " + delete.getString(1));
    }
    record(version, repeat, "delete_file_bytes", (double) delete.getLong(0));
    spark.sql("DROP TABLE " + table + " PURGE");
  }

  private <T> T time(int version, int repeat, String figure, Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    record(version, repeat, figure, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start) / 1e3);
    return result;
  }

  private void record(int version, int repeat, String figure, double value) {
    if (repeat >= 0) {
      figures.computeIfAbsent(figure + "_v" + version, key -> new ArrayList<>()).add(value);
    }
  }

  private void write(Path file) throws IOException {
    Map<String, Object> medians = new LinkedHashMap<>();
    for (String figure :
        List.of("delete_file_bytes", "delete_ms", "full_read_ms", "filtered_read_ms")) {
      double two = median(figures.get(figure + "_v2"));
      double three = median(figures.get(figure + "_v3"));
      medians.put(
          figure, Map.of("v2", two, "v3", three, "change_percent", 100 * (three / two - 1)));
      System.out.printf(
          Locale.ROOT, "%s: %.1f -> %.1f, %+.1f %%%n", figure, two, three, 100 * (three / two - 1));
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("rows", ROWS);
    report.put("repeats", REPEATS);
    report.put("iceberg", spark.icebergJar());
    report.put("medians", medians);
    report.put("figures", figures);
    RunConditions.write(file, conditions, report);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().flatMapToDouble(DoubleStream::of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
