package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.BreakwaterExtensions;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.SparkSession;

/**
 * What do equality deletes cost to get rid of? Ours turns them into deletion vectors; the rival is
 * Iceberg's {@code rewrite_data_files}, which rewrites the data files without the deleted rows.
 * Both work on the same snapshot of the same table, in turns, in one run; after each the answer of
 * a query is compared with the one before, and the table is rolled back.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar convert RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/convert.json}. {@code -Dbars.rows}, {@code -Dbars.deletes} and {@code
 * -Dbars.repeats} make it smaller or larger.
 */
public final class ConvertBars {
  private static final long ROWS = Long.getLong("bars.rows", 10_000_000);
  private static final int REPEATS = Integer.getInteger("bars.repeats", 3);
  private static final List<Integer> DELETES =
      Arrays.stream(System.getProperty("bars.deletes", "50000,500000,5000000").split(","))
          .map(Integer::valueOf)
          .toList();

  /** Above this the rival, which keeps all keys in memory in each task, needs more than 3 GB. */
  private static final int MAX_DELETES_OF_RIVAL = 1_000_000;

  private static final int DATA_FILES = 20;
  private static final int DELETE_FILES = 10;
  private static final long SEED = 20_261_121;

  private static final String OURS = "convert_equality_deletes";
  private static final String STOCK = "rewrite_data_files";

  private final SparkSession spark;
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final Map<String, Object> conditions = RunConditions.now("convert RESULTS");

  private ConvertBars(SparkSession spark) {
    this.spark = spark;
  }

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    Path directory = Files.createTempDirectory("breakwater-convert-bars");
    try (SparkSession spark = session(directory)) {
      ConvertBars bars = new ConvertBars(spark);
      bars.run();
      bars.write(results.resolve("convert.json"));
    } finally {
      try (var files = Files.walk(directory)) {
        for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static SparkSession session(Path directory) {
    return SparkSession.builder()
        .master("local[2]")
        .appName("convert-bars")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", directory.resolve("spark").toString())
        .config("spark.sql.warehouse.dir", directory.resolve("plain").toUri().toString())
        .config(
            "spark.sql.extensions",
            BreakwaterExtensions.class.getName()
                + ",org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
        .config("spark.sql.catalog.lake.type", "hadoop")
        .config("spark.sql.catalog.lake.cache-enabled", false)
        .config("spark.sql.catalog.lake.warehouse", directory.resolve("lake").toString())
        .getOrCreate();
  }

  private void run() throws Exception {
    load("lake.db.warm", 200_000);
    deleteByKey("lake.db.warm", 200_000, 5_000);
    inTurns("db.warm", 5_000, 2, new ArrayList<>());

    load("lake.db.t", ROWS);
    long empty = table("lake.db.t").currentSnapshot().snapshotId();
    for (int deletes : DELETES) {
      deleteByKey("lake.db.t", ROWS, deletes);
      inTurns("db.t", deletes, REPEATS, rows);
      rollback("db.t", empty);
    }
  }

  private void load(String name, long count) throws Exception {
    spark.sql(
        "CREATE TABLE "
            + name
            + " (id BIGINT, account BIGINT, at TIMESTAMP, amount DOUBLE, status STRING, payload"
            + " STRING) USING iceberg TBLPROPERTIES ('format-version'='3',"
            + " 'write.distribution-mode'='none', 'write.target-file-size-bytes'='67108864')");
    spark
        .range(0, count, 1, DATA_FILES)
        .selectExpr(
            "id",
            "pmod(xxhash64(id), 1000000) AS account",
            "timestamp_seconds(1700000000 + id) AS at",
            "pmod(xxhash64(id, 1), 1000000) / 100D AS amount",
            "element_at(array('new', 'paid', 'sent', 'done'), cast(pmod(id, 4) AS INT) + 1) AS"
                + " status",
            "md5(cast(id AS STRING)) AS payload")
        .writeTo(name)
        .append();
  }

  /** Deletes by the key {@code id}, as a CDC sink does: several files, each of random keys. */
  private void deleteByKey(String name, long count, int deletes) throws Exception {
    Table table = table(name);
    Schema key = table.schema().select("id");
    Random random = new Random(SEED);
    long stride = count / deletes;
    RowDelta commit = table.newRowDelta();
    for (int i = 0; i < DELETE_FILES; i++) {
      EqualityDeleteWriter<Record> writer =
          Parquet.writeDeletes(
                  table
                      .io()
                      .newOutputFile(
                          table
                              .locationProvider()
                              .newDataLocation("deletes-" + deletes + "-" + i + ".parquet")))
              .forTable(table)
              .rowSchema(key)
              .withSpec(table.spec())
              .createWriterFunc(GenericParquetWriter::create)
              .equalityFieldIds(List.of(key.findField("id").fieldId()))
              .overwrite()
              .buildEqualityWriter();
      try (writer) {
        GenericRecord row = GenericRecord.create(key);
        for (int j = i; j < deletes; j += DELETE_FILES) {
          row.setField("id", j * stride + random.nextLong(stride));
          writer.write(row);
        }
      }
      DeleteFile file = writer.toDeleteFile();
      commit.addDeletes(file);
    }
    commit.commit();
  }

  private void inTurns(String name, int deletes, int repeats, List<Map<String, Object>> into)
      throws Exception {
    String table = "lake." + name;
    long start = table(table).currentSnapshot().snapshotId();
    boolean withRival = deletes <= MAX_DELETES_OF_RIVAL;
    String answer = null;
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (String way : withRival ? List.of(OURS, STOCK) : List.of(OURS)) {
        Map<String, Object> row = measure(way, name, deletes);
        String now = answer(table);
        if (answer != null && !answer.equals(now)) {
          throw new AssertionError("%s: %s, was %s".formatted(way, now, answer));
        }
        answer = now;
        into.add(row);
        System.out.println(row);
        rollback(name, start);
      }
    }
  }

  private Map<String, Object> measure(String way, String name, int deletes) throws Exception {
    String options =
        way.equals(STOCK)
            ? ", options => map('rewrite-all', 'true', 'remove-dangling-deletes', 'true')"
            : "";
    Set<Long> before = new HashSet<>();
    table("lake." + name).snapshots().forEach(snapshot -> before.add(snapshot.snapshotId()));
    System.gc();
    long start = System.nanoTime();
    spark.sql("CALL lake.system.%s(table => '%s'%s)".formatted(way, name, options)).collect();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    long bytes = 0;
    long left = 0;
    for (Snapshot snapshot : table("lake." + name).snapshots()) {
      if (!before.contains(snapshot.snapshotId())) {
        bytes += Long.parseLong(snapshot.summary().getOrDefault("added-files-size", "0"));
        left = Long.parseLong(snapshot.summary().get("total-equality-deletes"));
      }
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("way", way);
    row.put("rows", ROWS);
    row.put("equality_deletes", deletes);
    row.put("millis", millis);
    row.put("bytes_written", bytes);
    row.put("equality_deletes_left", left);
    return row;
  }

  private String answer(String table) {
    return spark
        .sql("SELECT count(*), sum(hash(id, account, payload)) FROM " + table)
        .head()
        .toString();
  }

  private void rollback(String name, long snapshot) {
    spark
        .sql("CALL lake.system.set_current_snapshot('%s', %d)".formatted(name, snapshot))
        .collect();
  }

  private Table table(String name) throws Exception {
    Table table = Spark3Util.loadIcebergTable(spark, name);
    table.refresh();
    return table;
  }

  private void write(Path file) throws IOException {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("runs", rows);
    found.put("medians", medians());
    RunConditions.write(file, conditions, found);
  }

  private Map<String, Long> medians() {
    Map<String, List<Long>> millis = new LinkedHashMap<>();
    for (Map<String, Object> row : rows) {
      millis
          .computeIfAbsent(
              row.get("way") + " " + row.get("equality_deletes"), key -> new ArrayList<>())
          .add((Long) row.get("millis"));
    }
    Map<String, Long> medians = new LinkedHashMap<>();
    millis.forEach(
        (key, all) -> medians.put(key, all.stream().sorted().toList().get(all.size() / 2)));
    return medians;
  }
}
