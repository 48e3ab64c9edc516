package io.breakwater.lineage.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Jobs on the tables of a Hive metastore, which is Derby inside this process. */
final class HiveScenarios {

  static final List<Scenario> ALL =
      List.of(
          new Scenario("hive_insert", HiveScenarios::insert),
          new Scenario("hive_ctas_load", HiveScenarios::createAndLoad),
          new Scenario("hive_octas", HiveScenarios::optimizedCreate),
          new Scenario("hive_directory", HiveScenarios::directory),
          new Scenario("hive_cached", HiveScenarios::cached),
          new Scenario("hive_ddl", HiveScenarios::definitions),
          new Scenario("hive_columns", HiveScenarios::columns),
          new Scenario("hive_insert_then_ctas", HiveScenarios::insertThenCreate));

  private HiveScenarios() {}

  private static void insert(SparkSession spark, Path dir) {
    spark.sql("create table hive_insert.test (key int, value string) using hive");
    spark.sql("create table hive_insert.target (key int, value string) using hive");
    spark.sql("insert into hive_insert.test values (1, 'a'), (2, 'b'), (3, 'c')");
    spark.sql("insert into hive_insert.target select * from hive_insert.test where key > 1");
  }

  private static void createAndLoad(SparkSession spark, Path dir) throws IOException {
    spark.range(2).selectExpr("id as a", "id + 1 as b").write().saveAsTable("hive_ctas_load.temp");
    spark.sql(
        "create table hive_ctas_load.loaded using hive location '"
            + dir.resolve("loaded")
            + "' as select a, b from hive_ctas_load.temp");
    Path file = Files.writeString(dir.resolve("rows.csv"), "5,6\n");
    spark.sql("load data local inpath '" + file + "' into table hive_ctas_load.loaded");
  }

  private static void optimizedCreate(SparkSession spark, Path dir) {
    spark.range(2).selectExpr("id as a", "id + 1 as b").write().saveAsTable("hive_octas.temp");
    spark.sql(
        "create table hive_octas.made stored as parquet location '"
            + dir.resolve("made")
            + "' as select a, b from hive_octas.temp");
  }

  private static void directory(SparkSession spark, Path dir) {
    spark.sql(
        "insert overwrite directory '"
            + dir.resolve("out")
            + "' using hive values (1, 'a'), (2, 'b')");
  }

  private static void cached(SparkSession spark, Path dir) {
    spark.range(2).selectExpr("id as a", "id + 1 as b").write().saveAsTable("hive_cached.temp");
    Dataset<Row> cached = spark.read().table("hive_cached.temp").cache();
    cached.count();
    cached.select("a").write().saveAsTable("hive_cached.target");
    cached.unpersist();
  }

  private static void definitions(SparkSession spark, Path dir) throws TimeoutException {
    for (String statement :
        List.of(
            "create table hive_ddl.made (a string, b string) using hive",
            "truncate table hive_ddl.made",
            "alter table hive_ddl.made add columns (c string, d string)",
            "alter table hive_ddl.made rename to hive_ddl.renamed",
            "drop table hive_ddl.renamed")) {
      spark.sql(statement);
      // OpenLineage asks the catalog for the table, which the next statement changes.
      ScenarioRun.awaitRead();
    }
  }

  private static void columns(SparkSession spark, Path dir) {
    spark.sql("create table hive_columns.one (a int, b string) using hive");
    spark.sql("create table hive_columns.two (a int, c int) using hive");
    spark.sql(
        "create table hive_columns.made using hive as select one.a as ident,"
            + " concat(b, 'x') as trans, sum(c) as agg"
            + " from (select a, c from hive_columns.two where a > 1) few"
            + " join hive_columns.one on one.a = few.a group by one.a, b");
  }

  private static void insertThenCreate(SparkSession spark, Path dir) {
    spark.sql("create table hive_insert_then_ctas.t1 (a int, b string) using hive");
    spark.sql("insert into hive_insert_then_ctas.t1 values (1, '2'), (3, '4')");
    spark.sql(
        "create table hive_insert_then_ctas.t2 using hive as"
            + " select * from hive_insert_then_ctas.t1");
  }
}
