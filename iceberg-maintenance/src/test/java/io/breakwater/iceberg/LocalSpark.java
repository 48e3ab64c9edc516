package io.breakwater.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A real local Spark with stock Iceberg catalogs on a temporary directory: {@code lake} is a
 * SparkCatalog, {@code spark_catalog} a SparkSessionCatalog, {@code plain} is not Iceberg.
 */
public final class LocalSpark implements AutoCloseable {
  public static final String OURS = "io.breakwater.iceberg.BreakwaterExtensions";
  public static final String ICEBERG = BreakwaterExtensions.ICEBERG_EXTENSION;

  private static final String ANSWER =
      "count(*), sum(hash(id, part, name)), sum(hash(_row_id, id)),"
          + " sum(hash(_last_updated_sequence_number, id)), min(id), max(id)";

  private final Path directory;
  private final SparkSession session;

  private LocalSpark(Path directory, SparkSession session) {
    this.directory = directory;
    this.session = session;
  }

  public static LocalSpark start() {
    return start(OURS + "," + ICEBERG);
  }

  public static LocalSpark start(String extensions) {
    Path directory = temporaryDirectory();
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("breakwater")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.warehouse.dir", directory.resolve("plain").toUri().toString())
            .config("spark.local.dir", directory.resolve("spark").toString())
            .config("spark.hadoop.fs.file.impl", ForklessLocalFileSystem.class.getName())
            .config("spark.sql.extensions", extensions)
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.type", "hadoop")
            .config("spark.sql.catalog.lake.warehouse", directory.resolve("lake").toString())
            .config(
                "spark.sql.catalog.spark_catalog", "org.apache.iceberg.spark.SparkSessionCatalog")
            .config("spark.sql.catalog.spark_catalog.type", "hadoop")
            .config(
                "spark.sql.catalog.spark_catalog.warehouse",
                directory.resolve("session").toString())
            .config("spark.sql.catalog.plain", PlainCatalog.class.getName())
            .getOrCreate();
    return new LocalSpark(directory, session);
  }

  public SparkSession session() {
    return session;
  }

  public List<Row> sql(String text) {
    return session.sql(text).collectAsList();
  }

  /**
   * Creates a format version 3 table of (id, part, name) with ids from 0 in {@code files} files.
   */
  public void createTable(String table, int rows, int files, String clause) {
    sql(
        "CREATE TABLE "
            + table
            + " (id BIGINT, part BIGINT, name STRING) USING iceberg "
            + clause
            + " TBLPROPERTIES ('format-version'='3','write.delete.mode'='merge-on-read',"
            + "'write.update.mode'='merge-on-read','write.distribution-mode'='none')");
    append(table, 0, rows, files);
  }

  public void append(String table, int from, int to, int files) {
    try {
      session
          .range(from, to, 1, files)
          .selectExpr("id", "id % 2 AS part", "concat('name-', id) AS name")
          .sortWithinPartitions("part")
          .writeTo(table)
          .append();
    } catch (org.apache.spark.sql.catalyst.analysis.NoSuchTableException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Deletes three rows of one data file, and with every second commit three more of another, so
   * that many small Puffin files stay and some of their blobs die.
   *
   * @return how many rows were deleted
   */
  public int scatterDeletes(String table, int rows, int files, int commits) {
    int perFile = rows / files;
    int deleted = 0;
    for (int i = 0; i < commits; i++) {
      int first = i % files * perFile + 7 * i + 1;
      int second = (i + 3) % files * perFile + 7 * i + 4;
      String where = "id BETWEEN %d AND %d".formatted(first, first + 2);
      if (i % 2 == 0) {
        where += " OR id BETWEEN %d AND %d".formatted(second, second + 2);
      }
      sql("DELETE FROM " + table + " WHERE " + where);
      deleted += i % 2 == 0 ? 6 : 3;
    }
    return deleted;
  }

  /** Every answer that maintenance must not change, row lineage included. */
  public String answer(String table) {
    return sql("SELECT " + ANSWER + " FROM " + table).toString();
  }

  /** The {@link #answer} of each of several tables, from one query. */
  public Map<String, String> answers(List<String> tables) {
    String query =
        tables.stream()
            .map(table -> "SELECT '%s', %s FROM %s".formatted(table, ANSWER, table))
            .collect(Collectors.joining(" UNION ALL "));
    return sql(query).stream().collect(Collectors.toMap(row -> row.getString(0), Row::toString));
  }

  public Table table(String name) {
    try {
      Table table = Spark3Util.loadIcebergTable(session, name);
      table.refresh();
      return table;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The last row of a procedure's result, the one of the whole table. */
  public Row tableRow(String call) {
    List<Row> rows = sql(call);
    Row last = rows.get(rows.size() - 1);
    if (!last.getAs("scope").equals("table")) {
      throw new AssertionError("not the row of the table: " + last);
    }
    return last;
  }

  /** The Puffin files on disk, referenced or not. */
  public Set<Path> puffins() {
    return files(".puffin");
  }

  /** The files on disk whose names end with {@code suffix}, referenced or not. */
  public Set<Path> files(String suffix) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    session.stop();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("breakwater-iceberg");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
