package io.breakwater.lineage.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Jobs that use RDDs, alone or on the way from one query to another. */
final class RddScenarios {

  static final List<Scenario> ALL =
      List.of(
          new Scenario("rdd_text", RddScenarios::text),
          new Scenario("rdd_to_files", RddScenarios::toFiles),
          new Scenario("rdd_input_only", RddScenarios::inputOnly),
          new Scenario("rdd_union", RddScenarios::union),
          new Scenario("rdd_to_rows", RddScenarios::toRows));

  private RddScenarios() {}

  private static JavaSparkContext java(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  private static void text(SparkSession spark, Path dir) throws IOException {
    Files.createDirectories(dir.resolve("in"));
    Files.writeString(dir.resolve("in").resolve("lines.txt"), "one\ntwo\nthree\nfour");
    java(spark)
        .textFile(dir.resolve("in").toString(), 1)
        .map(RddScenarios::heard)
        .saveAsTextFile(dir.resolve("out").resolve("20251030").toString());
  }

  /** Goes on when the listeners have read the job: OpenLineage finds none that is over. */
  private static <T> T heard(T value) throws TimeoutException {
    ScenarioRun.awaitRead();
    return value;
  }

  private static void toFiles(SparkSession spark, Path dir) {
    JavaRDD<String> lines = java(spark).parallelize(List.of("Ada,36", "Bo,70"), 1);
    lines.setName("people and ages");
    lines.map(RddScenarios::heard).saveAsTextFile(dir.resolve("csv").toString());
    spark
        .read()
        .schema("name string, age int")
        .csv(dir.resolve("csv").toString())
        .createOrReplaceTempView("written_by_rdd");
    spark
        .sql("select * from written_by_rdd where age > 20 and age < 65")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(dir.resolve("table").toString());
  }

  private static void pairs(SparkSession spark, Path path) {
    spark
        .range(0, 2, 1, 1)
        .selectExpr("concat('x', id) as a", "'z' as b")
        .write()
        .parquet(path.toString());
  }

  private static void inputOnly(SparkSession spark, Path dir) {
    pairs(spark, dir.resolve("in"));
    spark
        .read()
        .parquet(dir.resolve("in").toString())
        .toJavaRDD()
        .map(row -> heard(row.getString(0) + row.getString(1)))
        .repartition(2)
        .count();
  }

  private static void union(SparkSession spark, Path dir) {
    pairs(spark, dir.resolve("a"));
    pairs(spark, dir.resolve("b"));
    JavaRDD<Row> joined =
        spark
            .read()
            .parquet(dir.resolve("a").toString())
            .toJavaRDD()
            .union(spark.read().parquet(dir.resolve("b").toString()).toJavaRDD())
            .map(row -> RowFactory.create(row.getString(0) + row.getString(1)));
    spark
        .createDataFrame(joined, new StructType().add("ab", "string"))
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(dir.resolve("c").resolve("20251030").toString());
  }

  private static void toRows(SparkSession spark, Path dir) throws IOException {
    Files.createDirectories(dir.resolve("csv"));
    Files.writeString(dir.resolve("csv").resolve("rows.csv"), "1,seven\n6,one\n");
    JavaRDD<Row> rows =
        java(spark)
            .textFile(dir.resolve("csv").toString(), 1)
            .map(line -> line.split(",", -1))
            .map(cells -> RowFactory.create(Integer.parseInt(cells[0]), cells[1]));
    spark
        .createDataFrame(rows, new StructType().add("anInt", "int").add("aString", "string"))
        .write()
        .json(dir.resolve("out").toString());
  }
}
