package io.breakwater.lineage.scenario;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Jobs on Iceberg tables. */
final class IcebergScenarios {

  static final List<Scenario> ALL =
      List.of(
          new Scenario("iceberg_ddl", IcebergScenarios::definitions),
          new Scenario("iceberg_append", IcebergScenarios::append),
          new Scenario("iceberg_ctas", IcebergScenarios::createAsSelect),
          new Scenario("iceberg_overwrite", IcebergScenarios::overwrite),
          new Scenario("iceberg_overwrite_partitions", IcebergScenarios::overwritePartitions),
          new Scenario("iceberg_replace", IcebergScenarios::replace),
          new Scenario("iceberg_delete_cow", rowLevel("delete", "cow")),
          new Scenario("iceberg_delete_mor", rowLevel("delete", "mor")),
          new Scenario("iceberg_update_cow", rowLevel("update", "cow")),
          new Scenario("iceberg_update_mor", rowLevel("update", "mor")),
          new Scenario("iceberg_merge_cow", rowLevel("merge", "cow")),
          new Scenario("iceberg_merge_mor", rowLevel("merge", "mor")),
          new Scenario("iceberg_rdd", IcebergScenarios::rdd),
          new Scenario("iceberg_two_scans", IcebergScenarios::twoScans),
          new Scenario("iceberg_metadata_json", IcebergScenarios::metadataJson));

  private IcebergScenarios() {}

  private static void definitions(SparkSession spark, Path dir) {
    spark.sql("create table ice.iceberg_ddl.made (a string, b string) using iceberg");
    spark.sql("insert into ice.iceberg_ddl.made values ('a', 'b')");
    spark.sql("alter table ice.iceberg_ddl.made rename column b to c");
    spark.sql("drop table ice.iceberg_ddl.made");
  }

  private static void numbers(SparkSession spark, String table, int rows) {
    spark.sql(
        "create table ice."
            + table
            + " using iceberg as select id as a, id + 1 as b from range(0, "
            + rows
            + ", 1, 1)");
  }

  private static void append(SparkSession spark, Path dir) {
    numbers(spark, "iceberg_append.one", 3);
    numbers(spark, "iceberg_append.two", 3);
    spark.sql("create table ice.iceberg_append.target (a bigint) using iceberg");
    spark.sql(
        "insert into ice.iceberg_append.target select a from ice.iceberg_append.one"
            + " union select a from ice.iceberg_append.two");
    spark.sql("insert into ice.iceberg_append.target values (4)");
  }

  private static void createAsSelect(SparkSession spark, Path dir) {
    numbers(spark, "iceberg_ctas.one", 3);
    numbers(spark, "iceberg_ctas.two", 3);
    spark.sql(
        "create table ice.iceberg_ctas.target using iceberg as"
            + " select * from ice.iceberg_ctas.one union select * from ice.iceberg_ctas.two");
  }

  private static void overwrite(SparkSession spark, Path dir) {
    numbers(spark, "iceberg_overwrite.target", 3);
    spark.sql("insert overwrite ice.iceberg_overwrite.target values (5, 6), (7, 8)");
  }

  private static void overwritePartitions(SparkSession spark, Path dir) {
    spark.sql(
        "create table ice.iceberg_overwrite_partitions.source using iceberg as"
            + " select id as a, id + 1 as b, id + 2 as c from range(2)");
    spark.sql(
        "create table ice.iceberg_overwrite_partitions.target (a bigint, b bigint, c bigint)"
            + " using iceberg partitioned by (c)");
    spark.sql("insert into ice.iceberg_overwrite_partitions.target values (2, 3, 1)");
    spark.conf().set("spark.sql.sources.partitionOverwriteMode", "dynamic");
    try {
      spark.sql(
          "insert overwrite ice.iceberg_overwrite_partitions.target"
              + " select * from ice.iceberg_overwrite_partitions.source");
    } finally {
      spark.conf().unset("spark.sql.sources.partitionOverwriteMode");
    }
  }

  private static void replace(SparkSession spark, Path dir) {
    numbers(spark, "iceberg_replace.source", 2);
    spark.sql("create table ice.iceberg_replace.target (a bigint) using iceberg");
    spark.sql(
        "replace table ice.iceberg_replace.target using iceberg as"
            + " select * from ice.iceberg_replace.source");
  }

  private static Scenario.Program rowLevel(String command, String mode) {
    String database = "ice.iceberg_" + command + "_" + mode;
    return (spark, dir) -> {
      spark.sql(
          "create table "
              + database
              + ".target using iceberg tblproperties ('write."
              + command
              + ".mode'='"
              + (mode.equals("cow") ? "copy-on-write" : "merge-on-read")
              + "') as select id as a, id + 1 as b from range(0, 9, 1, 1)");
      switch (command) {
        case "delete" -> spark.sql("delete from " + database + ".target where a = 1");
        case "update" -> spark.sql("update " + database + ".target set b = 5 where a = 1");
        default -> {
          spark.sql(
              "create table "
                  + database
                  + ".news using iceberg as select id as a, id + 9 as b from range(8, 11, 1, 1)");
          spark.sql(
              "merge into "
                  + database
                  + ".target t using "
                  + database
                  + ".news n on t.a = n.a when matched then update set t.b = n.b"
                  + " when not matched then insert (a, b) values (n.a, n.b)");
        }
      }
    };
  }

  private static void rdd(SparkSession spark, Path dir) throws Exception {
    numbers(spark, "iceberg_rdd.source", 3);
    spark.sql("create table ice.iceberg_rdd.target (a bigint) using iceberg");
    JavaRDD<Row> rows =
        spark
            .read()
            .table("ice.iceberg_rdd.source")
            .toJavaRDD()
            .filter(row -> row.getLong(0) > 0)
            .map(row -> RowFactory.create(row.getLong(0)));
    spark
        .createDataFrame(rows, new StructType().add("a", "bigint"))
        .writeTo("ice.iceberg_rdd.target")
        .append();
  }

  private static void twoScans(SparkSession spark, Path dir) {
    numbers(spark, "iceberg_two_scans.source", 10);
    spark.sql(
        "create table ice.iceberg_two_scans.one using iceberg as"
            + " select a from ice.iceberg_two_scans.source");
    spark.sql(
        "create table ice.iceberg_two_scans.two using iceberg as"
            + " select b from ice.iceberg_two_scans.source");
  }

  private static void metadataJson(SparkSession spark, Path dir) throws Exception {
    numbers(spark, "iceberg_metadata_json.source", 3);
    Path metadata = dir.getParent().resolve("ice").resolve("iceberg_metadata_json/source/metadata");
    Path newest;
    try (var files = Files.list(metadata)) {
      newest =
          files
              .filter(file -> file.toString().endsWith(".metadata.json"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
    }
    spark
        .read()
        .format("iceberg")
        .load(newest.toString())
        .write()
        .parquet(dir.resolve("out").toString());
  }
}
