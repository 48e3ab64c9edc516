package io.breakwater.iceberg.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.iceberg.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;

/**
 * The deletion-vector part of the demo: many small DELETE commits on a stock Iceberg table; what
 * Iceberg's own procedure makes of them; what ours does; the same answers before and after. Writes
 * {@code deletion-vectors.json} to {@code demo.directory}.
 */
public final class DeletionVectorDemo {
  private static final String TABLE = "lake.db.events";
  private static final int FILES = 40;
  private static final int ROWS = 200_000;
  private static final int COMMITS = 36;

  private final long start = System.nanoTime();
  private final List<Map<String, Object>> checks = new ArrayList<>();
  private final List<Map<String, Object>> figures = new ArrayList<>();

  private DeletionVectorDemo() {}

  public static void main(String[] args) throws IOException {
    Path findings = Path.of(System.getProperty("demo.directory"), "deletion-vectors.json");
    Files.deleteIfExists(findings);
    DeletionVectorDemo demo = new DeletionVectorDemo();
    String html = null;
    String failure = null;
    try (LocalSpark spark = LocalSpark.start()) {
      html = demo.run(spark);
    } catch (Exception | AssertionError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      failure = trace.toString();
      demo.say("failed: " + e);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("part", "deletion-vectors");
    report.put("title", "Deletion vectors of an Iceberg table, repacked");
    report.put("seconds", Math.round(demo.seconds() * 10) / 10.0);
    report.put("checks", demo.checks);
    report.put("figures", demo.figures);
    report.put("html", html);
    report.put("failure", failure);
    Files.createDirectories(findings.getParent());
    Files.writeString(findings, new ObjectMapper().writeValueAsString(report));
  }

  private String run(LocalSpark spark) {
    spark.createTable(TABLE, ROWS, FILES, "");
    say("%,d rows in %d files of a stock format version 3 table", ROWS, FILES);
    int deleted = spark.scatterDeletes(TABLE, ROWS, FILES, COMMITS);
    say("%d small DELETE commits, %d rows", COMMITS, deleted);

    Row before = stats(spark);
    String answer = spark.answer(TABLE);
    Set<Path> onDisk = spark.puffins();
    say(
        "stats: %d Puffin files, %,d bytes (%,d live blobs, %,d dead blobs, %,d footers), %d delete"
            + " manifests; recommended: %s",
        before.<Long>getAs("puffin_count"),
        before.<Long>getAs("file_bytes"),
        before.<Long>getAs("live_blob_bytes"),
        before.<Long>getAs("dead_blob_bytes"),
        before.<Long>getAs("footer_bytes"),
        before.<Integer>getAs("delete_manifest_count"),
        before.<String>getAs("recommended_action"));
    Row stock =
        spark
            .sql(
                "CALL lake.system.rewrite_position_delete_files(table => 'db.events', options =>"
                    + " map('rewrite-all','true'))")
            .get(0);
    say("Iceberg's rewrite_position_delete_files with rewrite-all: %s", stock);

    long began = System.nanoTime();
    Row rewrite = spark.tableRow("CALL lake.system.rewrite_deletion_vectors(table => 'db.events')");
    long millis = (System.nanoTime() - began) / 1_000_000;
    Row after = stats(spark);
    String answerAfter = spark.answer(TABLE);
    say(
        "rewrite_deletion_vectors: %d Puffin files -> %d, %,d bytes -> %,d, delete manifests %d ->"
            + " %d, %d ms",
        rewrite.<Long>getAs("rewritten_puffin_files_count"),
        rewrite.<Long>getAs("added_puffin_files_count"),
        rewrite.<Long>getAs("rewritten_bytes_count"),
        rewrite.<Long>getAs("added_bytes_count"),
        rewrite.<Integer>getAs("delete_manifests_before_count"),
        rewrite.<Integer>getAs("delete_manifests_after_count"),
        millis);

    spark.sql(
        "CALL lake.system.expire_snapshots(table => 'db.events', older_than => TIMESTAMP '"
            + spark.sql("SELECT string(now())").get(0).getString(0)
            + "', retain_last => 1)");
    Set<Path> left = spark.puffins();
    say("expire_snapshots: %d Puffin objects on disk -> %d", onDisk.size() + 1, left.size());

    check("rows deleted, by the stats", deleted, before.getAs("deleted_row_count"));
    check(
        "rows left", ROWS - deleted, spark.sql("SELECT count(*) FROM " + TABLE).get(0).getLong(0));
    check("answer after the rewrite (rows, row ids, sequence numbers)", answer, answerAfter);
    check("answer after expire_snapshots", answer, spark.answer(TABLE));
    check("Puffin files before, of at least 5", true, before.<Long>getAs("puffin_count") >= 5);
    check("Puffin files after", 1, after.getAs("puffin_count"));
    check("Puffin objects on disk after expire_snapshots", 1, left.size());
    same("deletion vectors", before, after, "deletion_vector_count");
    same("rows deleted", before, after, "deleted_row_count");
    same("bytes of live blobs", before, after, "live_blob_bytes");
    check("dead bytes before", true, before.<Long>getAs("dead_blob_bytes") > 0);
    check("dead bytes after", 0, after.getAs("dead_blob_bytes"));
    check("delete manifests after", 1, after.getAs("delete_manifest_count"));
    check("recommended before", "rewrite_deletion_vectors", before.getAs("recommended_action"));
    check("recommended after", "none", after.getAs("recommended_action"));

    figure("DELETE commits", COMMITS);
    figure("Puffin objects on disk before", onDisk.size());
    figure("rewrite_position_delete_files (stock) rewrote files", stock.get(0));
    figure("rewrite_deletion_vectors, ms", millis);
    return html(before, after);
  }

  private static Row stats(LocalSpark spark) {
    return spark.tableRow("CALL lake.system.deletion_vector_stats(table => 'db.events')");
  }

  private String html(Row before, Row after) {
    StringBuilder html =
        new StringBuilder("<table><tr><th></th><th>before</th><th>after</th></tr>");
    for (String column :
        List.of(
            "puffin_count",
            "file_bytes",
            "live_blob_bytes",
            "dead_blob_bytes",
            "footer_bytes",
            "deletion_vector_count",
            "deleted_row_count",
            "delete_manifest_count")) {
      figure(column + ", before -> after", before.getAs(column) + " -> " + after.getAs(column));
      html.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td style=\"text-align:right\">%,d</td>"
                  + "<td style=\"text-align:right\">%,d</td></tr>",
              column,
              before.<Number>getAs(column).longValue(),
              after.<Number>getAs(column).longValue()));
    }
    return html.append("</table>").toString();
  }

  private void same(String name, Row before, Row after, String column) {
    check(name + ", after as before", before.getAs(column), after.getAs(column));
  }

  private void check(String name, Object expected, Object actual) {
    Map<String, Object> check = new LinkedHashMap<>();
    check.put("name", name);
    check.put("expected", String.valueOf(expected));
    check.put("actual", String.valueOf(actual));
    check.put("ok", String.valueOf(expected).equals(String.valueOf(actual)));
    checks.add(check);
  }

  private void figure(String name, Object value) {
    Map<String, Object> figure = new LinkedHashMap<>();
    figure.put("name", name);
    figure.put("value", String.valueOf(value));
    figures.add(figure);
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private void say(String format, Object... values) {
    System.out.printf(
        Locale.ROOT,
        "[deletion-vectors] %5.1f s  %s%n",
        seconds(),
        String.format(Locale.ROOT, format, values));
  }
}
