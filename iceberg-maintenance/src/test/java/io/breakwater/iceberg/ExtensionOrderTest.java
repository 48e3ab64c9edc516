package io.breakwater.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call works wherever Breakwater stands in spark.sql.extensions, on every Iceberg catalog. */
class ExtensionOrderTest {
  private static final String FIRST = LocalSpark.OURS + "," + LocalSpark.ICEBERG;
  private static final String SECOND = LocalSpark.ICEBERG + "," + LocalSpark.OURS;

  @ParameterizedTest
  @ValueSource(strings = {FIRST, SECOND})
  void call_inEitherOrder_runsOnTheStockCatalogs(String extensions) {
    try (LocalSpark spark = LocalSpark.start(extensions)) {
      spark.createTable("lake.db.t", 100, 2, "");
      spark.createTable("spark_catalog.db.s", 100, 2, "");
      spark.sql("DELETE FROM lake.db.t WHERE id = 3");
      spark.sql("DELETE FROM spark_catalog.db.s WHERE id IN (3, 90)");

      assertThat(deleted(spark, "CALL lake.system.deletion_vector_stats(table => 'db.t')"))
          .isEqualTo(1);
      assertThat(deleted(spark, "CALL lake.system.deletion_vector_stats('lake.db.t')"))
          .isEqualTo(1);
      assertThat(deleted(spark, "CALL spark_catalog.system.deletion_vector_stats('db.s')"))
          .isEqualTo(2);
      assertThat(deleted(spark, "CALL system.deletion_vector_stats('db.s')")).isEqualTo(2);
      spark.sql("USE lake");
      assertThat(
              deleted(
                  spark,
                  "/* a /* nested */ comment */ call -- system.\n `lake` . `system`"
                      + ".`Deletion_Vector_STATS` ( /* , ) */ TABLE => 'db' \".t\" ) ;"))
          .isEqualTo(1);
      spark.sql("SET table_name=db.t");
      assertThat(deleted(spark, "CALL system.deletion_vector_stats('${table_name}')")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {FIRST, SECOND})
  void call_whoseTextNamesAnIcebergProcedure_isStillOurs(String extensions) {
    try (LocalSpark spark = LocalSpark.start(extensions)) {
      spark.createTable("lake.db.t", 100, 2, "");

      assertThatThrownBy(
              () ->
                  spark.sql(
                      "CALL lake.system.rewrite_deletion_vectors(table => 'db.t', options =>"
                          + " map('system.rewrite_data_files', ') it''s \\'), (' ))"))
          .hasMessageContaining("Cannot use options [system.rewrite_data_files]: unknown");
      assertThat(
              deleted(
                  spark,
                  "CALL lake.system.deletion_vector_stats(/* not system.rewrite_manifests */"
                      + " 'db.t')"))
          .isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {FIRST, SECOND})
  void icebergsOwnCallsAndDdl_inEitherOrder_work(String extensions) {
    try (LocalSpark spark = LocalSpark.start(extensions)) {
      spark.createTable("lake.db.t", 100, 2, "");

      assertThat(spark.sql("CALL lake.system.rewrite_manifests('db.t')")).hasSize(1);
      spark.sql("ALTER TABLE lake.db.t WRITE ORDERED BY id");
      assertThat(
              spark.sql(
                  "CALL lake.system.rewrite_data_files(table => 'db.t', strategy => 'sort',"
                      + " sort_order => 'zorder(id, part)', options => map('rewrite-all','true'))"))
          .hasSize(1);
      assertThatThrownBy(() -> spark.sql("CALL lake.system.no_such_procedure('db.t')"))
          .isInstanceOf(Exception.class);
    }
  }

  @Test
  void call_withoutIcebergsExtension_saysWhatToSet() {
    try (LocalSpark spark = LocalSpark.start(LocalSpark.OURS)) {
      assertThatThrownBy(() -> spark.sql("CALL lake.system.deletion_vector_stats('db.t')"))
          .hasMessageContaining("set spark.sql.extensions=" + FIRST);
    }
  }

  private static long deleted(LocalSpark spark, String call) {
    Row row = spark.tableRow(call);
    return row.<Long>getAs("deleted_row_count");
  }
}
