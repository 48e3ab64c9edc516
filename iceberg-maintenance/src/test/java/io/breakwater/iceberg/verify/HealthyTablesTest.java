package io.breakwater.iceberg.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tables that only Spark and Iceberg have written have no error, and the only warnings are of
 * delete files that no scan looks at. {@code -Dbreakwater.verify.tables=200} takes more seeds.
 */
class HealthyTablesTest {
  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("breakwater.verify.tables", 3));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void check_ofATableWrittenAtRandom_findsOnlyDeleteFilesThatNoScanLooksAt(long seed) {
    String name = "lake.db.healthy" + seed;
    write(name, new Random(seed));
    Table table = spark.table(name);

    List<Row> rows =
        spark.sql(
            "CALL lake.system.verify_deletion_vectors(table => '%s')".formatted(name.substring(5)));

    Set<String> unused = new TreeSet<>();
    spark
        .sql("SELECT file_path, file_format, content_offset FROM " + name + ".delete_files")
        .forEach(row -> unused.add(key(row.getString(0), row.isNullAt(2) ? null : row.getLong(2))));
    unused.removeAll(scanned(table));
    Set<String> found = new TreeSet<>();
    for (Row row : rows.subList(0, rows.size() - 1)) {
      assertThat(row.<String>getAs("code"))
          .as(row.toString())
          .isIn("VECTOR_DANGLING", "DELETES_DANGLING", "DELETES_SHADOWED");
      found.add(key(row.getAs("path"), row.getAs("content_offset")));
    }
    assertThat(found).isEqualTo(unused);
    spark.sql("DROP TABLE " + name + " PURGE");
  }

  private static String key(String path, Long offset) {
    return path + "@" + offset;
  }

  private static Set<String> scanned(Table table) {
    Set<String> scanned = new TreeSet<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(
          task ->
              task.deletes()
                  .forEach(file -> scanned.add(key(file.location(), file.contentOffset()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scanned;
  }

  private static void write(String table, Random random) {
    spark.sql(
        "CREATE TABLE %s (id BIGINT, part BIGINT, name STRING) USING iceberg %s TBLPROPERTIES"
                .formatted(table, random.nextBoolean() ? "PARTITIONED BY (part)" : "")
            + " ('format-version'='%d','write.delete.mode'='merge-on-read',"
                .formatted(random.nextInt(3) == 0 ? 3 : 2)
            + "'write.update.mode'='merge-on-read','write.merge.mode'='merge-on-read',"
            + "'write.distribution-mode'='none','write.delete.granularity'='%s')"
                .formatted(random.nextBoolean() ? "file" : "partition"));
    int rows = 0;
    int steps = 4 + random.nextInt(5);
    for (int i = 0; i < steps; i++) {
      if (i == 0 || random.nextInt(5) == 0) {
        int more = 200 + random.nextInt(400);
        spark.append(table, rows, rows + more, 1 + random.nextInt(4));
        rows += more;
      }
      spark.sql(step(table, random, rows));
      if (i == steps / 2) {
        spark.sql("ALTER TABLE " + table + " SET TBLPROPERTIES ('format-version'='3')");
      }
    }
  }

  private static String step(String table, Random random, int rows) {
    int id = random.nextInt(rows);
    int more = id + random.nextInt(60);
    String call = "CALL lake.system.%s(table => '" + table.substring(5) + "'%s)";
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> "DELETE FROM %s WHERE id BETWEEN %d AND %d".formatted(table, id, more);
      case 3, 4 -> "DELETE FROM %s WHERE id %% %d = %d".formatted(table, 7 + id % 20, id % 7);
      case 5, 6 ->
          "UPDATE %s SET name = 'u%d' WHERE id BETWEEN %d AND %d".formatted(table, id, id, more);
      case 7 ->
          ("MERGE INTO %s t USING (SELECT id FROM range(%d, %d)) s ON t.id = s.id"
                  + " WHEN MATCHED THEN DELETE")
              .formatted(table, id, more);
      case 8 -> "ALTER TABLE %s ADD PARTITION FIELD bucket(%d, id)".formatted(table, 2 + id);
      case 9 ->
          call.formatted(
              "rewrite_data_files",
              ", options => map('delete-file-threshold', '2', 'min-input-files', '2')");
      case 10 ->
          call.formatted(
              "rewrite_position_delete_files", ", options => map('rewrite-all', 'true')");
      default -> call.formatted("rewrite_manifests", "");
    };
  }
}
