package io.breakwater.iceberg.plan;

import io.breakwater.iceberg.BarsSpark;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * How much storage do deletion vectors take after a repack? 200 DELETEs of 50 data files each, on a
 * table of 5,000, leave Puffin files with blobs that a later DELETE has replaced. Measured are the
 * Puffin files that the current snapshot reaches beside the blobs in use, and those on the disk
 * once the older snapshots have expired, before and after {@code rewrite_deletion_vectors}.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar storage RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/storage.json}. {@code -Dbars.files} and {@code -Dbars.commits} make it
 * smaller.
 */
public final class StorageBars {
  private static final int FILES = Integer.getInteger("bars.files", 5_000);
  private static final int COMMITS = Integer.getInteger("bars.commits", 200);
  private static final int VECTORS_OF_A_DELETE = 50;
  private static final int POSITIONS_OF_A_VECTOR = 50;
  private static final long SEED = 20_261_121;

  /** What a Puffin file has beside blobs and footer: the magic at its beginning. */
  private static final int PUFFIN_MAGIC_BYTES = 4;

  private StorageBars() {}

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    Map<String, Object> conditions = RunConditions.now("storage RESULTS");
    try (BarsSpark spark = BarsSpark.start("storage-bars")) {
      spark.sql(
          "CREATE TABLE lake.db.t (id BIGINT, part INT, name STRING) USING iceberg PARTITIONED BY"
              + " (part) TBLPROPERTIES ('format-version'='3')");
      SyntheticTable table = new SyntheticTable(spark.table("lake.db.t"), SEED);
      table.append(FILES);
      Random random = new Random(SEED);
      List<Integer> files = new ArrayList<>(IntStream.range(0, FILES).boxed().toList());
      for (int commit = 0; commit < COMMITS; commit++) {
        Collections.shuffle(files, random);
        table.delete(files.subList(0, VECTORS_OF_A_DELETE), commit, POSITIONS_OF_A_VECTOR);
      }
      List<Map<String, Object>> rows = new ArrayList<>();
      rows.add(storage(spark, "as the DELETEs left it"));
      spark.sql("CALL lake.system.rewrite_deletion_vectors(table => 'db.t')");
      rows.add(storage(spark, "after rewrite_deletion_vectors"));
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("data_files", FILES);
      report.put("commits", COMMITS);
      report.put("vectors_of_a_commit", VECTORS_OF_A_DELETE);
      report.put("iceberg", spark.icebergJar());
      report.put("runs", rows);
      RunConditions.write(results.resolve("storage.json"), conditions, report);
    }
  }

  private static Map<String, Object> storage(BarsSpark spark, String when) throws IOException {
    spark.sql(
        "CALL lake.system.expire_snapshots(table => 'db.t', older_than => TIMESTAMP '2100-01-01',"
            + " retain_last => 1)");
    Row blobs =
        spark
            .sql(
                "SELECT count(*), sum(content_size_in_bytes), count(DISTINCT referenced_data_file)"
                    + " FROM lake.db.t.delete_files")
            .get(0);
    Row puffins =
        spark
            .sql(
                "SELECT count(*), sum(bytes), sum(footer) FROM (SELECT file_path,"
                    + " max(file_size_in_bytes) AS bytes, max(file_size_in_bytes) -"
                    + " max(content_offset + content_size_in_bytes) AS footer"
                    + " FROM lake.db.t.delete_files GROUP BY file_path)")
            .get(0);
    long needed = blobs.getLong(1) + puffins.getLong(2) + PUFFIN_MAGIC_BYTES * puffins.getLong(0);
    long onDisk = onDisk(Path.of(java.net.URI.create("file:" + path(spark))));
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("when", when);
    row.put("vectors", blobs.getLong(0));
    row.put("puffins", puffins.getLong(0));
    row.put("live_blob_bytes", blobs.getLong(1));
    row.put("footer_bytes", puffins.getLong(2));
    row.put("reachable_puffin_bytes", puffins.getLong(1));
    row.put("puffin_bytes_on_disk", onDisk);
    row.put("reachable_by_needed", (double) puffins.getLong(1) / needed);
    row.put("on_disk_by_needed", (double) onDisk / needed);
    System.out.println(row);
    return row;
  }

  private static String path(BarsSpark spark) {
    String location = spark.table("lake.db.t").location();
    return location.startsWith("file:") ? location.substring("file:".length()) : location;
  }

  private static long onDisk(Path table) throws IOException {
    try (Stream<Path> files = Files.walk(table)) {
      return files
          .filter(file -> file.toString().endsWith(".puffin"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
