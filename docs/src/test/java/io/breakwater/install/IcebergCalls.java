package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A table with two deletion vectors in two files, its repair, and what must come of it. */
final class IcebergCalls {

  /** How many rows are left; its answer has to be the last. */
  static final String COUNT = "SELECT count(*) AS remaining FROM my_catalog.db.t;\n";

  static final String STATEMENTS =
      """
      CREATE TABLE my_catalog.db.t (id BIGINT) USING iceberg
        TBLPROPERTIES ('format-version'='3', 'write.delete.mode'='merge-on-read');
      INSERT INTO my_catalog.db.t SELECT /*+ COALESCE(1) */ id FROM range(0, 500);
      INSERT INTO my_catalog.db.t SELECT /*+ COALESCE(1) */ id FROM range(500, 1000);
      DELETE FROM my_catalog.db.t WHERE id < 300 AND id % 5 = 0;
      DELETE FROM my_catalog.db.t WHERE id >= 700 AND id % 5 = 0;
      CALL my_catalog.system.deletion_vector_stats(table => 'db.t');
      CALL my_catalog.system.rewrite_deletion_vectors(
        table => 'db.t', options => map('min-input-files', '2'));
      """
          + COUNT;

  private static final int REMAINING = 1000 - 60 - 60;

  private IcebergCalls() {}

  /** Checks what a driver has printed that has run the statements. */
  static void check(String output) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : output.lines().filter(line -> line.startsWith("{")).toList()) {
      rows.add(json.readTree(line));
    }
    assertThat(rows)
        .as("deletion_vector_stats")
        .anySatisfy(row -> assertThat(row.path("deleted_row_count").asInt()).isEqualTo(120));
    assertThat(rows)
        .as("rewrite_deletion_vectors")
        .anySatisfy(row -> assertThat(row.path("added_puffin_files_count").asInt()).isEqualTo(1));
    assertThat(rows.get(rows.size() - 1).path("remaining").asInt()).isEqualTo(REMAINING);
  }
}
