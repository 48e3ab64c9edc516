package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.changes.Orders.Change;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Is the change feed right, and how many bytes does it read beside a join of the two full
 * snapshots? A table of orders, and commits of mixed inserts, updates and deletes, with maintenance
 * after each quarter of them; the feed is compared with the writer's own book, row by row, and its
 * net form with the join.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar changes RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/change-feed.json}. {@code -Dbar.rows} (5,000,000), {@code -Dbar.files}
 * (64), {@code -Dbar.commits} (100), {@code -Dbar.changes} (1,000 per commit), {@code -Dbar.newest}
 * (250,000: updates and deletes hit so many newest rows, as they do in tables of events and orders;
 * the number of rows makes them hit every file) and {@code -Dbar.seed} (17).
 */
public final class ChangeFeedBar {
  private static final long ROWS = Long.getLong("bar.rows", 5_000_000);
  private static final int FILES = Integer.getInteger("bar.files", 64);
  private static final int COMMITS = Integer.getInteger("bar.commits", 100);
  private static final int CHANGES = Integer.getInteger("bar.changes", 1_000);
  private static final long NEWEST = Long.getLong("bar.newest", 250_000);
  private static final long SEED = Long.getLong("bar.seed", 17);

  private final SparkSession spark;
  private final Orders orders;
  private final Map<String, Object> result = new LinkedHashMap<>();

  private ChangeFeedBar(SparkSession spark) {
    this.spark = spark;
    this.orders = new Orders(spark, "lake.db.orders", SEED);
  }

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    Map<String, Object> conditions = RunConditions.now("changes RESULTS");
    Path directory = Files.createTempDirectory("change-feed");
    try (SparkSession spark = spark(directory)) {
      Map<String, Object> result = new ChangeFeedBar(spark).run();
      RunConditions.write(results.resolve("change-feed.json"), conditions, result);
      System.out.println(result);
    } finally {
      delete(directory);
    }
  }

  private Map<String, Object> run() throws Exception {
    result.put("rows", ROWS);
    result.put("data_files", FILES);
    result.put("commits", COMMITS);
    result.put("changes_per_commit", CHANGES);
    result.put("changed_among_newest_rows", NEWEST);
    result.put("seed", SEED);
    orders.create(ROWS, FILES);
    long start = orders.head();
    change();
    long end = orders.head();

    measured("feed", () -> feed(start, end));
    measured("net", () -> net(start, end));
    measured("join", () -> join(start, end));
    result.put("feed_bytes_to_join_bytes", ratio("feed", "join", "bytes_read"));
    result.put("net_bytes_to_join_bytes", ratio("net", "join", "bytes_read"));
    result.put("feed_seconds_to_join_seconds", ratio("feed", "join", "seconds"));
    result.put("net_seconds_to_join_seconds", ratio("net", "join", "seconds"));
    return result;
  }

  private void change() throws Exception {
    long began = System.nanoTime();
    for (int i = 1; i <= COMMITS; i++) {
      orders.merge(CHANGES, NEWEST);
      if (i % (COMMITS / 4) == 0 && i < COMMITS) {
        maintain(i / (COMMITS / 4));
      }
      if (i % 10 == 0) {
        System.out.printf("%d commits, %.0f s%n", i, (System.nanoTime() - began) / 1e9);
      }
    }
  }

  private void maintain(int which) {
    spark.sql(
        switch (which) {
          case 1 ->
              "CALL lake.system.rewrite_deletion_vectors(table => 'db.orders', options => map('rewrite-all', 'true'))";
          case 2 ->
              "CALL lake.system.rewrite_data_files(table => 'db.orders', options => map('delete-file-threshold', '1'))";
          default -> "CALL lake.system.rewrite_manifests('db.orders')";
        });
  }

  /** Every row of the feed against every line of the book. */
  private long feed(long start, long end) {
    view(start, end, false);
    Map<Change, Integer> book = new HashMap<>();
    orders.book().forEach(line -> book.merge(line, 1, Integer::sum));
    List<Row> rows =
        spark
            .sql(
                "SELECT _commit_snapshot_id, _change_type, id, version, %s FROM feed"
                    .formatted(Orders.intact()))
            .collectAsList();
    for (Row row : rows) {
      Change change = new Change(row.getLong(0), row.getString(1), row.getLong(2), row.getInt(3));
      if (!row.getBoolean(4)) {
        throw new IllegalStateException("A column is wrong in " + row);
      }
      if (book.merge(change, -1, (left, one) -> left + one == 0 ? null : left + one) != null
          && book.get(change) < 0) {
        throw new IllegalStateException("Not in the book: " + change);
      }
    }
    if (!book.isEmpty()) {
      throw new IllegalStateException("Not in the feed: " + book.keySet().iterator().next());
    }
    return rows.size();
  }

  private long net(long start, long end) {
    view(start, end, true);
    return checked("net", "SELECT _change_type AS type, _row_id AS row, * FROM feed");
  }

  /** What there is without a feed: the rows of both snapshots, matched by row id. */
  private long join(long start, long end) {
    return checked(
        "join",
        """
        WITH s AS (SELECT struct(*) AS image, _row_id AS r, _last_updated_sequence_number AS n
                   FROM lake.db.orders VERSION AS OF %d),
             e AS (SELECT struct(*) AS image, _row_id AS r, _last_updated_sequence_number AS n
                   FROM lake.db.orders VERSION AS OF %d),
             c AS (SELECT inline(filter(array(
                       if(s.r IS NULL, NULL, named_struct('row', s.r, 'image', s.image,
                           'type', if(e.r IS NULL, 'delete', 'update_preimage'))),
                       if(e.r IS NULL, NULL, named_struct('row', e.r, 'image', e.image,
                           'type', if(s.r IS NULL, 'insert', 'update_postimage')))),
                       image -> image IS NOT NULL))
                   FROM s FULL OUTER JOIN e ON s.r = e.r
                   WHERE s.r IS NULL OR e.r IS NULL OR s.n <> e.n)
        SELECT type, row, image.* FROM c
        """
            .formatted(start, end));
  }

  private long checked(String name, String rows) {
    Row sums =
        spark
            .sql(
                "SELECT count(*), sum(CAST(xxhash64(type, row, id, customer, amount, status, created,"
                    + " note, version) AS DECIMAL(38, 0))) FROM (%s)".formatted(rows))
            .head();
    String sum = String.valueOf(sums.get(1));
    if (!sum.equals(result.computeIfAbsent("net_checksum", key -> sum))) {
      throw new IllegalStateException("%s has other rows: %s".formatted(name, sum));
    }
    return sums.getLong(0);
  }

  private void view(long start, long end, boolean net) {
    spark.sql(
        ("CALL lake.system.create_row_changes_view(table => 'db.orders', start_snapshot_id => %d,"
                + " end_snapshot_id => %d, net => %s, changes_view => 'feed')")
            .formatted(start, end, net));
  }

  private void measured(String name, Callable<Long> work) throws Exception {
    Map<String, Long> before = CountingIO.bytesRead();
    long begin = System.nanoTime();
    long rows = work.call();
    Map<String, Object> measured = new LinkedHashMap<>();
    measured.put("rows", rows);
    measured.put("seconds", (System.nanoTime() - begin) / 1e9);
    long total = 0;
    for (Map.Entry<String, Long> kind : CountingIO.bytesRead().entrySet()) {
      long bytes = kind.getValue() - before.getOrDefault(kind.getKey(), 0L);
      measured.put(kind.getKey() + "_bytes_read", bytes);
      total += bytes;
    }
    measured.put("bytes_read", total);
    result.put(name, measured);
    System.out.println(name + " " + measured);
  }

  private double ratio(String ours, String rival, String what) {
    return value(ours, what) / value(rival, what);
  }

  private double value(String name, String what) {
    return ((Number) ((Map<?, ?>) result.get(name)).get(what)).doubleValue();
  }

  private static SparkSession spark(Path directory) {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.local.dir", directory.resolve("spark").toString())
        .config(
            "spark.sql.extensions",
            "io.breakwater.iceberg.BreakwaterExtensions,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
        .config("spark.sql.catalog.lake.type", "hadoop")
        .config("spark.sql.catalog.lake.warehouse", directory.resolve("lake").toString())
        .config("spark.sql.catalog.lake.cache-enabled", false)
        .config("spark.sql.catalog.lake.io-impl", CountingIO.class.getName())
        .getOrCreate();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
