package io.breakwater.lineage.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Jobs on files and on the tables of Spark's own formats. */
final class FileScenarios {

  static final List<Scenario> ALL =
      List.of(
          new Scenario("file_word_count", FileScenarios::wordCount),
          new Scenario("file_single", FileScenarios::singleFile),
          new Scenario("file_json", FileScenarios::json),
          new Scenario("file_csv_inferred", FileScenarios::inferredCsv),
          new Scenario("file_union_statistics", FileScenarios::union),
          new Scenario("file_sql_statistics", FileScenarios::sqlStatistics),
          new Scenario("file_directory", FileScenarios::directory),
          new Scenario("file_cache_table", FileScenarios::cacheTable),
          new Scenario("file_remove_path", FileScenarios::removePath),
          new Scenario("table_insert", FileScenarios::insert),
          new Scenario("table_save_as", FileScenarios::saveAsTable));

  private FileScenarios() {}

  private static void wordCount(SparkSession spark, Path dir) throws IOException {
    Path words = Files.writeString(dir.resolve("words.txt"), "to\nbe\nor\nnot\nto\nbe\n");
    spark
        .read()
        .text(words.toString())
        .groupBy("value")
        .count()
        .write()
        .mode(SaveMode.Overwrite)
        .csv(dir.resolve("counts").toString());
  }

  private static void singleFile(SparkSession spark, Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("single.csv"), "a,b\n");
    spark.read().csv(file.toString()).collectAsList();
  }

  private static void json(SparkSession spark, Path dir) throws IOException {
    people(dir);
    spark
        .read()
        .json(dir.resolve("people").toString())
        .write()
        .json(dir.resolve("copy").toString());
  }

  private static void people(Path dir) throws IOException {
    Files.createDirectories(dir.resolve("people"));
    Files.writeString(
        dir.resolve("people").resolve("people.json"),
        "{\"name\":\"Ada\",\"age\":36}\n{\"name\":\"Bo\",\"age\":102}\n");
  }

  private static void inferredCsv(SparkSession spark, Path dir) throws IOException {
    Dataset<Row> orders = csv(spark, dir, "orders", "id,day,amount\n1,1,5\n2,1,6\n");
    Dataset<Row> days = csv(spark, dir, "days", "day,name\n1,Monday\n");
    orders
        .join(days, orders.col("day").equalTo(days.col("day")))
        .select(orders.col("id"), days.col("name"), orders.col("amount"))
        .write()
        .parquet(dir.resolve("joined").toString());
  }

  private static Dataset<Row> csv(SparkSession spark, Path dir, String name, String text)
      throws IOException {
    Path csv = Files.createDirectories(dir.resolve(name));
    Files.writeString(csv.resolve("part-0.csv"), text);
    return spark.read().option("header", true).option("inferSchema", true).csv(csv.toString());
  }

  private static Dataset<Row> numbers(SparkSession spark, int rows) {
    return spark.range(0, rows, 1, 1).selectExpr("id as a", "id + 1 as b");
  }

  private static void union(SparkSession spark, Path dir) {
    numbers(spark, 100).write().parquet(dir.resolve("one").toString());
    numbers(spark, 50).write().parquet(dir.resolve("two").toString());
    spark
        .read()
        .parquet(dir.resolve("one").toString())
        .unionAll(spark.read().parquet(dir.resolve("two").toString()))
        .repartition(7)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(dir.resolve("both").toString());
  }

  private static void sqlStatistics(SparkSession spark, Path dir) {
    spark.sql(
        "create table file_sql_statistics.one using parquet as select id as a from"
            + " range(0, 9, 1, 1)");
    spark.sql("create table file_sql_statistics.both (a bigint) using parquet");
    spark.sql(
        "insert into file_sql_statistics.both select a from file_sql_statistics.one"
            + " union all select a + 1 from file_sql_statistics.one");
  }

  private static void directory(SparkSession spark, Path dir) throws IOException {
    people(dir);
    spark.read().json(dir.resolve("people").toString()).createOrReplaceTempView("seen");
    spark.sql(
        "insert overwrite directory '" + dir.resolve("out") + "' using parquet select * from seen");
  }

  private static void cacheTable(SparkSession spark, Path dir) throws IOException {
    people(dir);
    spark.read().json(dir.resolve("people").toString()).createOrReplaceTempView("raw");
    spark.sql("cache table old as select * from raw where age > 100");
    Dataset<Row> old = spark.sql("select * from old");
    old.collectAsList();
    old.write().parquet(dir.resolve("out").toString());
    spark.sql("uncache table old");
  }

  private static void removePath(SparkSession spark, Path dir) {
    numbers(spark, 2).write().parquet(dir.resolve("in_666").toString());
    spark
        .read()
        .parquet(dir.resolve("in_666").toString())
        .write()
        .parquet(dir.resolve("out_666").toString());
  }

  private static void insert(SparkSession spark, Path dir) {
    spark.sql("create table table_insert.source (key int, value string) using parquet");
    spark.sql("create table table_insert.target (key int, value string) using parquet");
    spark.sql("insert into table_insert.source values (1, 'a'), (2, 'b'), (3, 'c')");
    spark.sql("insert into table_insert.target select * from table_insert.source where key > 1");
  }

  private static void saveAsTable(SparkSession spark, Path dir) {
    spark
        .range(1)
        .select(functions.lit("Oslo").as("city"))
        .write()
        .mode(SaveMode.Overwrite)
        .saveAsTable("table_save_as.one");
    spark
        .read()
        .table("table_save_as.one")
        .write()
        .mode(SaveMode.Overwrite)
        .saveAsTable("table_save_as.two");
  }
}
