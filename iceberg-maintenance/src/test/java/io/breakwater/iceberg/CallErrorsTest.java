package io.breakwater.iceberg;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call that cannot be done says which part of it is wrong, and what would be right. */
class CallErrorsTest {
  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
    spark.createTable("lake.db.t", 10, 1, "");
    spark.sql("CREATE TABLE lake.db.v2 (id BIGINT) USING iceberg");
    spark.sql("CREATE TABLE spark_catalog.default.p (id BIGINT) USING parquet");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lake.system.deletion_vector_stats()|argument table is missing, add table => ...",
        "lake.system.deletion_vector_stats(tabel => 'db.t')|unknown argument tabel, must be among [table, where]",
        "lake.system.deletion_vector_stats(table => 'db.t', TABLE => 'db.t')|argument TABLE is given twice",
        "lake.system.rewrite_deletion_vectors('db.t', dry_run => true)|named and positional arguments are mixed",
        "lake.system.deletion_vector_stats('db.t', 'true', true)|3 arguments, must be at most 2: [table, where]",
        "lake.system.rewrite_deletion_vectors('db.t', 'yes')|Wrong arg type for dry_run",
        "lake.system.deletion_vector_stats(table => '')|Invalid table: ''",
        "lake.system.deletion_vector_stats(table => null)|Invalid table: ''",
        "lake.system.deletion_vector_stats('db.none')|Cannot load table db.none in catalog lake: there is no such table",
        "lake.system.deletion_vector_stats('spark_catalog.db.t')|the table is in catalog spark_catalog, call spark_catalog.system",
        "lake.system.deletion_vector_stats('db.v2')|format version 2, must be at least 3; upgrade with ALTER TABLE",
        "lake.system.rewrite_deletion_vectors('db.v2')|format version 2, must be at least 3",
        "lake.system.deletion_vector_stats('db.t.files')|it is a metadata table",
        "spark_catalog.system.deletion_vector_stats('default.p')|it is not an Iceberg table",
        "plain.system.deletion_vector_stats('db.t')|must be an Iceberg catalog",
        "nowhere.system.deletion_vector_stats('db.t')|nowhere is not a catalog or cannot be loaded",
        "lake.system.deletion_vector_stats 'db.t'|'(' must follow the name of the procedure",
        "lake.system.deletion_vector_stats('db.t'|')' is missing",
        "lake.system.deletion_vector_stats('db.t',)|argument 2 has no value",
        "lake.system.deletion_vector_stats('db.t') x|nothing may follow the ')'",
        "lake.system.deletion_vector_stats(\"db.t)|the \" here is not closed",
      })
  void call_thatIsWrong_namesTheFault(String call, String message) {
    assertThatThrownBy(() -> spark.sql("CALL " + call)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'max-files', '1'|Cannot use options [max-files]: unknown, must be among [target-file-size-bytes",
        "'min-input-files', '0'|Invalid min-input-files: 0, must be a whole number from 1",
        "'rewrite-all', 'yes'|Invalid rewrite-all: yes, must be true or false",
        "'dead-bytes-ratio-threshold', '2'|Invalid dead-bytes-ratio-threshold: 2, must be a number from 0 to 1",
        "'target-file-size-bytes', '10', 'min-file-size-bytes', '10'|Invalid min-file-size-bytes: 10, must be less than target-file-size-bytes",
      })
  void option_thatIsWrong_isNamedWithItsBound(String options, String message) {
    assertThatThrownBy(
            () ->
                spark.sql(
                    "CALL lake.system.rewrite_deletion_vectors(table => 'db.t', options => map("
                        + options
                        + "))"))
        .hasMessageContaining(message);
  }

  @Test
  void table_ofATag_isRefused() {
    spark.sql("ALTER TABLE lake.db.t CREATE TAG v1");
    assertThatThrownBy(() -> spark.sql("CALL lake.system.deletion_vector_stats('db.t.tag_v1')"))
        .hasMessageContaining("a tag or snapshot cannot be changed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id = 1|Invalid where: column id, must be a column that lake.db.t is partitioned by: []",
        "id = |Invalid where: id =, must be a predicate that Iceberg can push down",
        "nothing = 1|Invalid where: nothing = 1, must be a predicate that Iceberg can push down",
      })
  void where_thatIsNotAboutPartitions_isRefused(String where, String message) {
    assertThatThrownBy(
            () ->
                spark.sql(
                    "CALL lake.system.rewrite_deletion_vectors(table => 'db.t', where => '"
                        + where
                        + "')"))
        .hasMessageContaining(message);
  }
}
