package io.breakwater.lineage.scenario;

import java.util.List;
import org.apache.spark.sql.SparkSession;

/** Queries for the kinds of dependencies between columns. */
final class ColumnScenarios {

  static final List<Scenario> ALL =
      List.of(
          query(
              "columns_projection",
              "select a as same, a + b as sum, sha1(s) as masked,"
                  + " case when b > 1 then a else a + b end as cases, if(b > 1, a, b) as chosen,"
                  + " nullif(a, b) as nulled, nvl(a, b) as defaulted, nvl2(a, b, c) as second,"
                  + " coalesce(a, b, 0) as first, upper(concat(s, 'x')) as text"
                  + " from t1 where c > 1 order by a"),
          query(
              "columns_aggregate",
              "select a as i, a + 1 as t, sum(b) as s, 2 * sum(b + 3) as st,"
                  + " sha1(string(sum(c))) as ms from t1 group by a order by a"),
          query(
              "columns_window",
              "select a, rank() over (partition by b order by c) as r,"
                  + " sum(a) over (partition by b order by c) as s,"
                  + " lag(a, 3, 0) over (partition by b order by c) as l from t1"),
          query(
              "columns_union",
              "select a, s, 'one' as source from t1"
                  + " union all select a, s, 'two' as source from t2"),
          query(
              "columns_self_join",
              "select t1.a, x.b as first, y.b as second from t1"
                  + " left join t2 x on t1.b = x.a left join t2 y on t1.c = y.a"
                  + " where t1.b is not null"),
          query("columns_explode", "select explode(split(s, ' ')) as word from t1"),
          query("columns_distinct", "select distinct a as a from t1"),
          query(
              "columns_cte",
              "with few as (select a, b from t1 where a > 0), more as (select * from few)"
                  + " select more.a + t2.b as ab from more join t2 on more.a = t2.a"));

  private ColumnScenarios() {}

  private static Scenario query(String name, String sql) {
    return new Scenario(
        name,
        (spark, dir) -> spark.sql("create table " + name + ".target using parquet as " + sql));
  }

  /** What the queries read. */
  static void createTables(SparkSession spark) {
    for (String table : List.of("t1", "t2")) {
      spark.sql("create table " + table + " (a int, b int, c int, s string) using parquet");
    }
  }
}
