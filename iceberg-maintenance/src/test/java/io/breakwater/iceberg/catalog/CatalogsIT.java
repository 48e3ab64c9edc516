package io.breakwater.iceberg.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.history.Upkeep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every procedure works on every kind of catalog, on main and on a branch, and on S3. */
class CatalogsIT {
  private static LocalSpark spark;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyProcedure_onThisCatalog_keepsTheAnswersOfMainBranchAndTag(Lake.Kind kind)
      throws IOException {
    try (Lake lake = Lake.open(spark, kind, directory)) {
      String table = lake.catalog() + ".db.t";
      createWithRefsAndSpecs(table);
      Map<String, String> answers = answers(table);

      for (Upkeep upkeep : Upkeep.ours()) {
        for (String target : List.of("db.t", "db.t.branch_audit")) {
          String call = upkeep.firstCall(lake.catalog(), target).sql();
          if (upkeep.procedure().equals("purge_deleted_rows")) {
            assertThatThrownBy(() -> spark.sql(call))
                .as(call)
                .hasMessageContaining("still have files with matching rows; drop them");
          } else {
            assertThat(spark.sql(call)).as(call).isNotEmpty();
          }
          assertThat(answers(table)).as(call).isEqualTo(answers);
        }
      }

      assertThat(commitsOfOurs(table)).isGreaterThanOrEqualTo(2);
      assertThat(unreferenced(table)).isEmpty();
    }
  }

  private static void createWithRefsAndSpecs(String table) {
    spark.createTable(table, 400, 4, "PARTITIONED BY (part)");
    spark.scatterDeletes(table, 400, 4, 2);
    spark.sql("ALTER TABLE " + table + " CREATE TAG before");
    spark.sql("ALTER TABLE " + table + " ADD PARTITION FIELD bucket(2, id)");
    spark.append(table, 400, 500, 1);
    spark.sql("ALTER TABLE " + table + " CREATE BRANCH audit");
    spark.sql("DELETE FROM " + table + " WHERE id IN (410, 411, 20)");
    spark.sql("DELETE FROM " + table + ".branch_audit WHERE id IN (420, 30)");
    spark.sql("DELETE FROM " + table + ".branch_audit WHERE id IN (431, 31)");
  }

  /** Those of main, a branch and a tag. */
  private static Map<String, String> answers(String table) {
    return spark.answers(List.of(table, table + ".branch_audit", table + ".tag_before"));
  }

  private static long commitsOfOurs(String table) {
    return spark
        .sql(
            "SELECT count(*) FROM "
                + table
                + ".snapshots WHERE summary['breakwater.commit-id'] IS"
                + " NOT NULL")
        .get(0)
        .getLong(0);
  }

  /** Data and delete files in the table's directory that no snapshot has. */
  private static Set<String> unreferenced(String name) {
    Table table = spark.table(name);
    Set<String> paths = new TreeSet<>();
    ((SupportsPrefixOperations) table.io())
        .listPrefix(table.location() + "/data")
        .forEach(file -> paths.add(file.location().replaceFirst("^file:/*", "/")));
    assertThat(paths).isNotEmpty();
    spark
        .sql("SELECT file_path FROM " + name + ".all_files")
        .forEach(row -> paths.remove(row.getString(0).replaceFirst("^file:/*", "/")));
    return paths;
  }
}
