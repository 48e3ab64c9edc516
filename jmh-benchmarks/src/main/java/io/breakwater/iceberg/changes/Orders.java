package io.breakwater.iceberg.changes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A table of orders, and a writer that changes it and keeps a book of each change.
 *
 * <p>All columns follow from the id and a version, so the book needs only those two.
 */
final class Orders {

  /** One line of the book: the image of a row before or after a change. */
  record Change(long snapshotId, String type, long id, int version) {}

  private static final StructType SOURCE =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("version", DataTypes.IntegerType)
          .add("what", DataTypes.StringType);

  /** About what a data file has at first, so that a compaction keeps the shape of the table. */
  private static final long TARGET_FILE_BYTES = 4L << 20;

  private final SparkSession spark;
  private final String table;
  private final Random random;
  private final BitSet gone = new BitSet();
  private final Map<Long, Integer> versions = new HashMap<>();
  private final List<Change> book = new ArrayList<>();
  private long nextId;

  Orders(SparkSession spark, String table, long seed) {
    this.spark = spark;
    this.table = table;
    this.random = new Random(seed);
  }

  /** Creates the table with ids from 0, ascending over {@code files} data files. */
  void create(long rows, int files) throws Exception {
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id BIGINT, customer BIGINT, amount DECIMAL(12,2), status STRING, created TIMESTAMP,"
            + " note STRING, version INT) USING iceberg TBLPROPERTIES ('format-version'='3',"
            + " 'write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read',"
            + " 'write.merge.mode'='merge-on-read', 'write.distribution-mode'='none',"
            + " 'write.target-file-size-bytes'='%d')".formatted(TARGET_FILE_BYTES));
    orders(spark.range(0, rows, 1, files).withColumn("version", lit(0))).writeTo(table).append();
    nextId = rows;
  }

  /**
   * One MERGE: of {@code changes} rows four tenths are inserted, four updated, two deleted.
   *
   * @param newest updates and deletes are among so many newest ids
   */
  void merge(int changes, long newest) throws Exception {
    long oldest = Math.max(0, nextId - newest);
    List<Row> source = new ArrayList<>();
    List<Change> lines = new ArrayList<>();
    Map<Long, Boolean> chosen = new HashMap<>();
    while (chosen.size() < changes * 6 / 10) {
      long id = oldest + (long) (random.nextDouble() * (nextId - oldest));
      if (!gone.get((int) id)) {
        chosen.putIfAbsent(id, chosen.size() < changes * 4 / 10);
      }
    }
    chosen.forEach(
        (id, updated) -> {
          int version = versions.getOrDefault(id, 0);
          if (updated) {
            source.add(RowFactory.create(id, version + 1, "u"));
            lines.add(new Change(0, "update_preimage", id, version));
            lines.add(new Change(0, "update_postimage", id, version + 1));
            versions.put(id, version + 1);
          } else {
            source.add(RowFactory.create(id, version, "d"));
            lines.add(new Change(0, "delete", id, version));
            gone.set(Math.toIntExact(id));
          }
        });
    for (int i = 0; i < changes * 4 / 10; i++) {
      source.add(RowFactory.create(nextId, 0, "i"));
      lines.add(new Change(0, "insert", nextId++, 0));
    }
    orders(spark.createDataFrame(source, SOURCE)).createOrReplaceTempView("source");
    spark.sql(
        "MERGE INTO %s t USING source s ON t.id = s.id AND t.id >= %d".formatted(table, oldest)
            + " WHEN MATCHED AND s.what = 'd' THEN DELETE WHEN MATCHED THEN UPDATE SET *"
            + " WHEN NOT MATCHED THEN INSERT *");
    long snapshot = head();
    lines.forEach(line -> book.add(new Change(snapshot, line.type(), line.id(), line.version())));
  }

  List<Change> book() {
    return book;
  }

  long head() throws Exception {
    var loaded = Spark3Util.loadIcebergTable(spark, table);
    loaded.refresh();
    return loaded.currentSnapshot().snapshotId();
  }

  /** A condition that is false if a column does not follow from id and version. */
  static String intact() {
    return "customer = "
        + customer()
        + " AND amount = "
        + amount()
        + " AND status = "
        + status()
        + " AND created = "
        + created()
        + " AND note = "
        + note();
  }

  private static Dataset<Row> orders(Dataset<Row> rows) {
    return rows.withColumn("customer", expr(customer()))
        .withColumn("amount", expr(amount()))
        .withColumn("status", expr(status()))
        .withColumn("created", expr(created()))
        .withColumn("note", expr(note()))
        .withColumn("version", col("version"));
  }

  private static String customer() {
    return "pmod(xxhash64(id), 1000000)";
  }

  private static String amount() {
    return "CAST(pmod(xxhash64(id, version), 10000000) / 100 AS DECIMAL(12,2))";
  }

  private static String status() {
    return "element_at(array('open', 'paid', 'sent', 'back'), CAST(pmod(version, 4) + 1 AS INT))";
  }

  private static String created() {
    return "timestamp_millis(1700000000000 + id * 250)";
  }

  private static String note() {
    return "sha2(concat(id, '-', version), 256)";
  }
}
