package io.breakwater.lineage.scenario;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Jobs that read and write a database over JDBC, which is H2 inside this process. */
final class DatabaseScenarios {

  private static final String URL = "jdbc:h2:mem:judged";

  static final List<Scenario> ALL =
      List.of(
          new Scenario("jdbc_table", DatabaseScenarios::table),
          new Scenario("jdbc_query", DatabaseScenarios::query),
          new Scenario("jdbc_query_join", DatabaseScenarios::join),
          new Scenario("jdbc_dbtable_join", DatabaseScenarios::joinAsTable),
          new Scenario("jdbc_files", DatabaseScenarios::fromFiles),
          new Scenario("jdbc_columns", DatabaseScenarios::columns),
          new Scenario("jdbc_copy", DatabaseScenarios::copy));

  private DatabaseScenarios() {}

  /** The tables that the jobs find there, for as long as the connection is open. */
  static Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection(URL);
    for (String sql :
        List.of(
            "drop all objects",
            "create table authors (id int, name varchar(10))",
            "create table orders (id int, author_id int, price int)",
            "create table source1 (k int, j1 varchar(10))",
            "create table source2 (k int, j2 varchar(10))",
            "create table people (age int, name varchar(10))",
            "create table joined (k int, j varchar(50))")) {
      connection.createStatement().execute(sql);
    }
    return connection;
  }

  private static Dataset<Row> read(SparkSession spark, String option, String value) {
    return spark.read().format("jdbc").option("url", URL).option(option, value).load();
  }

  private static void table(SparkSession spark, Path dir) {
    read(spark, "dbtable", "authors").write().parquet(dir.resolve("out").toString());
  }

  private static void query(SparkSession spark, Path dir) {
    read(spark, "query", "select id, name from authors where id > 1")
        .write()
        .parquet(dir.resolve("out").toString());
  }

  private static void join(SparkSession spark, Path dir) {
    read(spark, "query", "select a.id, o.price from authors a join orders o on a.id = o.author_id")
        .write()
        .parquet(dir.resolve("out").toString());
  }

  private static void joinAsTable(SparkSession spark, Path dir) {
    read(spark, "dbtable", "(select a.id, o.price from authors a, orders o where a.id = o.id) t")
        .write()
        .parquet(dir.resolve("out").toString());
  }

  private static void fromFiles(SparkSession spark, Path dir) {
    spark
        .range(0, 20, 1, 1)
        .selectExpr("cast(id as int) as age", "'x' as name")
        .write()
        .parquet(dir.resolve("in").toString());
    spark
        .read()
        .parquet(dir.resolve("in").toString())
        .filter("age > 17")
        .write()
        .mode(SaveMode.Append)
        .format("jdbc")
        .option("url", URL)
        .option("dbtable", "people")
        .save();
  }

  private static void columns(SparkSession spark, Path dir) {
    spark.sql("create table ice.jdbc_columns.one using iceberg as select 1 as k, 'va' as v1");
    spark.sql("create table ice.jdbc_columns.two using iceberg as select 1 as k, 'vb' as v2");
    read(
            spark,
            "query",
            "select a.k, concat(a.j1, b.j2) as j from source1 a join source2 b on a.k = b.k")
        .createOrReplaceTempView("from_database");
    spark
        .sql(
            "select v.k, concat(d.j, v.v) as j from from_database d join (select one.k,"
                + " concat(v1, v2) as v from ice.jdbc_columns.one one"
                + " join ice.jdbc_columns.two two on one.k = two.k) v on d.k = v.k")
        .write()
        .mode(SaveMode.Append)
        .format("jdbc")
        .option("url", URL)
        .option("dbtable", "joined")
        .save();
  }

  private static void copy(SparkSession spark, Path dir) {
    String url = URL + ";DB_CLOSE_DELAY=-1";
    spark
        .read()
        .format("jdbc")
        .option("url", url)
        .option("dbtable", "authors")
        .load()
        .select("name")
        .write()
        .mode(SaveMode.Overwrite)
        .format("jdbc")
        .option("url", url)
        .option("dbtable", "copied")
        .save();
  }
}
