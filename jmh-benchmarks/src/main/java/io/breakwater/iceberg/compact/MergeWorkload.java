package io.breakwater.iceberg.compact;

import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.SparkSession;

/**
 * What does it cost to keep a merge-on-read table fast under an hourly MERGE? Three tables with the
 * same rows get the same merges, and after each hour their own maintenance; all in one process, in
 * turns.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar merges RESULTS
 * </pre>
 *
 * {@code -Dworkload.rows} (20,000,000), {@code -Dworkload.hours} (50), {@code -Dworkload.changes}
 * (an hour, 0.5% of the rows), {@code -Dworkload.days} (8) by {@code -Dworkload.regions} (4)
 * partitions. The target file size is scaled down with the table, 16 MiB instead of 512 MiB;
 * opening a file costs as much as reading 512 KiB, as it was measured to do on a local disk.
 */
public final class MergeWorkload {
  static final long TARGET_FILE_BYTES = 16L << 20;
  static final long OPEN_COST_BYTES = 512L << 10;
  static final int MIN_INPUT_FILES = 5;

  private static final long ROWS = Long.getLong("workload.rows", 20_000_000);
  private static final int HOURS = Integer.getInteger("workload.hours", 50);
  private static final long CHANGES = Long.getLong("workload.changes", ROWS / 200);
  private static final int SCANS = 3;
  private static final int LAST_SCANS = 15;
  private static final int ANSWERS_EVERY = 10;

  /** An hour of one arm, in milliseconds, bytes and files. */
  record Hour(
      int hour,
      String arm,
      double mergeMillis,
      double maintenanceMillis,
      long mergeBytes,
      long maintenanceBytes,
      double scanMillis,
      double planMillis,
      long liveDataFiles,
      long liveVectors,
      long livePuffins,
      long deleteManifests,
      long filesOnDisk,
      long bytesOnDisk) {}

  private final SparkSession spark;
  private final Path directory;
  private final HourlyMerges merges;
  private final List<Hour> hours = new ArrayList<>();
  private final Map<String, Object> conditions = RunConditions.now("merges RESULTS");

  private MergeWorkload(SparkSession spark, Path directory) {
    this.spark = spark;
    this.directory = directory;
    this.merges = new HourlyMerges(spark, ROWS, CHANGES);
  }

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    Path directory = Files.createTempDirectory("merge-workload");
    try (SparkSession spark = spark(directory)) {
      spark.sparkContext().setLogLevel("ERROR");
      MergeWorkload workload = new MergeWorkload(spark, directory);
      workload.run(results.resolve("merge-workload.json"), results.resolve("merge-workload.svg"));
    } finally {
      delete(directory);
    }
  }

  private void run(Path json, Path chart) throws Exception {
    for (Arm arm : Arm.values()) {
      merges.create(arm.table());
    }
    for (int hour = 1; hour <= HOURS; hour++) {
      hour(hour);
      write(json, null);
      Files.writeString(chart, HourlyCharts.draw(hours));
    }
    write(json, bars());
  }

  private void hour(int hour) throws Exception {
    Map<Arm, double[]> millis = new EnumMap<>(Arm.class);
    Map<Arm, long[]> bytes = new EnumMap<>(Arm.class);
    for (Arm arm : inTurn(hour)) {
      long before = table(arm).currentSnapshot().sequenceNumber();
      double merge = millis(() -> merges.merge(arm.table(), hour));
      double maintenance =
          millis(() -> arm.calls().forEach(call -> spark.sql(call).collectAsList()));
      millis.put(arm, new double[] {merge, maintenance});
      bytes.put(arm, new long[] {added(arm, before, false), added(arm, before, true)});
    }
    Map<Arm, Double> scans = scans(SCANS);
    if (hour % ANSWERS_EVERY == 0 || hour == HOURS) {
      requireSameAnswers(hour);
    }
    for (Arm arm : Arm.values()) {
      hours.add(
          new Hour(
              hour,
              arm.name(),
              millis.get(arm)[0],
              millis.get(arm)[1],
              bytes.get(arm)[0],
              bytes.get(arm)[1],
              scans.get(arm),
              planMillis(arm),
              count(arm, "count(*)", "content = 0"),
              count(arm, "count(*)", "content = 1"),
              count(arm, "count(DISTINCT file_path)", "content = 1"),
              table(arm).currentSnapshot().deleteManifests(table(arm).io()).size(),
              onDisk(arm, path -> 1),
              onDisk(arm, MergeWorkload::size)));
      System.out.println(hours.get(hours.size() - 1));
    }
  }

  /** The arms in an order that changes from hour to hour. */
  private static List<Arm> inTurn(int hour) {
    List<Arm> arms = new ArrayList<>(Arrays.asList(Arm.values()));
    Collections.rotate(arms, hour);
    return arms;
  }

  private Map<Arm, Double> scans(int rounds) {
    Map<Arm, List<Double>> times = new EnumMap<>(Arm.class);
    for (int i = 0; i < rounds; i++) {
      for (Arm arm : inTurn(i)) {
        times
            .computeIfAbsent(arm, one -> new ArrayList<>())
            .add(
                millis(
                    () ->
                        spark
                            .sql(
                                "SELECT sum(amount), max(payload), count(*) FROM lake."
                                    + arm.table())
                            .collectAsList()));
      }
    }
    Map<Arm, Double> medians = new EnumMap<>(Arm.class);
    times.forEach((arm, list) -> medians.put(arm, median(list)));
    return medians;
  }

  private double planMillis(Arm arm) {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < SCANS; i++) {
      times.add(
          millis(
              () -> {
                try (CloseableIterable<FileScanTask> tasks = table(arm).newScan().planFiles()) {
                  tasks.forEach(task -> {});
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }));
    }
    return median(times);
  }

  private void requireSameAnswers(int hour) {
    List<String> answers =
        Arrays.stream(Arm.values())
            .map(
                arm ->
                    spark
                        .sql(
                            "SELECT count(*), sum(hash(id, day, region, amount, payload)) FROM lake."
                                + arm.table())
                        .collectAsList()
                        .toString())
            .distinct()
            .toList();
    if (answers.size() != 1) {
      throw new AssertionError("hour " + hour + ": the tables differ: " + answers);
    }
  }

  private Map<String, Object> bars() {
    Map<Arm, Double> scans = scans(LAST_SCANS);
    Map<String, Object> bars = new LinkedHashMap<>();
    bars.put("bytesRewritten", sums(Hour::maintenanceBytes));
    bars.put("maintenanceMillis", sums(Hour::maintenanceMillis));
    bars.put("mergeMillis", sums(Hour::mergeMillis));
    bars.put("lastScanMillis", scans);
    bars.put(
        "bytesRewrittenOursByStock",
        sum(Arm.OURS, Hour::maintenanceBytes) / sum(Arm.STOCK, Hour::maintenanceBytes));
    bars.put("lastScanOursByStock", scans.get(Arm.OURS) / scans.get(Arm.STOCK));
    bars.put("lastScanNoneByStock", scans.get(Arm.NONE) / scans.get(Arm.STOCK));
    return bars;
  }

  private Map<Arm, Double> sums(ToDoubleFunction<Hour> number) {
    Map<Arm, Double> sums = new EnumMap<>(Arm.class);
    for (Arm arm : Arm.values()) {
      sums.put(arm, sum(arm, number));
    }
    return sums;
  }

  private double sum(Arm arm, ToDoubleFunction<Hour> number) {
    return hours.stream().filter(h -> h.arm().equals(arm.name())).mapToDouble(number).sum();
  }

  private void write(Path json, Map<String, Object> bars) throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("rows", ROWS);
    result.put("changesPerHour", CHANGES);
    result.put("targetFileBytes", TARGET_FILE_BYTES);
    result.put("openCostBytes", OPEN_COST_BYTES);
    result.put("processors", Runtime.getRuntime().availableProcessors());
    result.put("bars", bars);
    result.put("hours", hours);
    RunConditions.write(json, conditions, result);
  }

  /** Bytes of data and delete files that the maintenance, or else the user, added since. */
  private long added(Arm arm, long since, boolean maintenance) {
    long bytes = 0;
    for (Snapshot snapshot : table(arm).snapshots()) {
      boolean replaces = snapshot.operation().equals(DataOperations.REPLACE);
      if (snapshot.sequenceNumber() > since && replaces == maintenance) {
        bytes +=
            Long.parseLong(
                snapshot.summary().getOrDefault(SnapshotSummary.ADDED_FILE_SIZE_PROP, "0"));
      }
    }
    return bytes;
  }

  private long count(Arm arm, String what, String where) {
    return spark
        .sql("SELECT %s FROM lake.%s.files WHERE %s".formatted(what, arm.table(), where))
        .collectAsList()
        .get(0)
        .getLong(0);
  }

  private Table table(Arm arm) {
    try {
      Table table = Spark3Util.loadIcebergTable(spark, "lake." + arm.table());
      table.refresh();
      return table;
    } catch (Exception e) {
      throw new IllegalStateException("Cannot load " + arm.table(), e);
    }
  }

  private long onDisk(Arm arm, java.util.function.ToLongFunction<Path> number) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve(arm.table().replace('.', '/')))) {
      return files.filter(Files::isRegularFile).mapToLong(number).sum();
    }
  }

  private static long size(Path path) {
    return path.toFile().length();
  }

  private static double millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static SparkSession spark(Path directory) {
    return SparkSession.builder()
        .master("local[2]")
        .appName("merge workload")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.local.dir", directory.resolve("spark").toString())
        .config(
            "spark.sql.extensions",
            "io.breakwater.iceberg.BreakwaterExtensions,"
                + "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
        .config("spark.sql.catalog.lake.type", "hadoop")
        .config("spark.sql.catalog.lake.cache-enabled", false)
        .config("spark.sql.catalog.lake.warehouse", directory.toString())
        .getOrCreate();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
