package io.breakwater.iceberg.changes;

import static io.breakwater.iceberg.changes.ChangeColumns.APPEARED;
import static io.breakwater.iceberg.changes.ChangeColumns.ORDINAL;
import static io.breakwater.iceberg.changes.ChangeColumns.ROW_ID;
import static io.breakwater.iceberg.changes.ChangeColumns.SEQUENCE;
import static io.breakwater.iceberg.changes.ChangeColumns.SNAPSHOT_ID;
import static io.breakwater.iceberg.changes.ChangeColumns.TIMESTAMP;
import static io.breakwater.iceberg.changes.ChangeColumns.TYPE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.last;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Makes a feed of the rows that appear and disappear.
 *
 * <p>Two images of one row in one commit, by its row id, are an update if the commit gave it a new
 * last updated sequence number; else a copy-on-write carried the row over, and it is no change.
 */
final class ChangeView {
  private static final String INSERT = "insert";
  private static final String DELETE = "delete";
  private static final String PREIMAGE = "update_preimage";
  private static final String POSTIMAGE = "update_postimage";

  private static final String APPEARED_SEQUENCE = ChangeColumns.temporary("appeared_sequence");
  private static final String DISAPPEARED_SEQUENCE =
      ChangeColumns.temporary("disappeared_sequence");
  private static final String NUMBER = ChangeColumns.temporary("number");
  private static final String COUNT = ChangeColumns.temporary("count");
  private static final String EXISTED = ChangeColumns.temporary("existed");
  private static final String EXISTS = ChangeColumns.temporary("exists");
  private static final String FIRST_SEQUENCE = ChangeColumns.temporary("first_sequence");
  private static final String LAST_SEQUENCE = ChangeColumns.temporary("last_sequence");

  private final SparkSession spark;
  private final Table table;
  private final ChangePlan plan;

  ChangeView(SparkSession spark, Table table, ChangePlan plan) {
    this.spark = spark;
    this.table = table;
    this.plan = plan;
  }

  /** Every change of every commit. */
  Dataset<Row> full() {
    return feed(changes());
  }

  /**
   * One change per row at most: from its image before the range to the one after. The commit is the
   * last that changed the row.
   */
  Dataset<Row> net() {
    WindowSpec row = Window.partitionBy(ROW_ID).orderBy(col(ORDINAL), col(APPEARED));
    WindowSpec whole = row.rowsBetween(Window.unboundedPreceding(), Window.unboundedFollowing());
    // In one step: a window that was replaced half way would order the next one.
    Dataset<Row> ends =
        changes()
            .withColumns(
                Map.of(
                    NUMBER, row_number().over(row),
                    COUNT, count(lit(1)).over(whole),
                    EXISTED, first(col(APPEARED)).over(whole).equalTo(false),
                    EXISTS, last(col(APPEARED)).over(whole),
                    FIRST_SEQUENCE, first(col(SEQUENCE)).over(whole),
                    LAST_SEQUENCE, last(col(SEQUENCE)).over(whole),
                    ORDINAL, last(col(ORDINAL)).over(whole),
                    SNAPSHOT_ID, last(col(SNAPSHOT_ID)).over(whole),
                    TIMESTAMP, last(col(TIMESTAMP)).over(whole)));
    Column before = col(EXISTED).and(col(NUMBER).equalTo(1)).and(not(APPEARED));
    Column after = col(EXISTS).and(col(NUMBER).equalTo(col(COUNT))).and(col(APPEARED));
    Column updated = col(EXISTED).and(col(EXISTS));
    return feed(
        ends.where(before.or(after))
            .where(updated.and(col(FIRST_SEQUENCE).equalTo(col(LAST_SEQUENCE))).equalTo(false))
            .withColumn(
                TYPE,
                when(col(APPEARED), when(updated, POSTIMAGE).otherwise(INSERT))
                    .otherwise(when(updated, PREIMAGE).otherwise(DELETE))));
  }

  private Dataset<Row> changes() {
    Dataset<Row> separate =
        rows(plan.separate()).withColumn(TYPE, when(col(APPEARED), INSERT).otherwise(DELETE));
    if (plan.matched().isEmpty()) {
      return separate;
    }
    return plan.separate().isEmpty() ? matched() : separate.unionByName(matched());
  }

  private Dataset<Row> matched() {
    WindowSpec row = Window.partitionBy(ORDINAL, ROW_ID);
    return rows(plan.matched())
        .withColumn(APPEARED_SEQUENCE, max(when(col(APPEARED), col(SEQUENCE))).over(row))
        .withColumn(DISAPPEARED_SEQUENCE, max(when(not(APPEARED), col(SEQUENCE))).over(row))
        .where(
            col(APPEARED_SEQUENCE)
                .isNull()
                .or(col(DISAPPEARED_SEQUENCE).isNull())
                .or(col(APPEARED_SEQUENCE).notEqual(col(DISAPPEARED_SEQUENCE))))
        .withColumn(
            TYPE,
            when(
                    col(APPEARED),
                    when(col(DISAPPEARED_SEQUENCE).isNull(), INSERT).otherwise(POSTIMAGE))
                .otherwise(when(col(APPEARED_SEQUENCE).isNull(), DELETE).otherwise(PREIMAGE)))
        .drop(APPEARED_SEQUENCE, DISAPPEARED_SEQUENCE);
  }

  private Dataset<Row> rows(List<FileChanges> files) {
    return ChangeTable.frame(
        spark, table, files, plan.commits().stream().filter(commit -> !commit.isSilent()).toList());
  }

  private Dataset<Row> feed(Dataset<Row> changes) {
    return changes.select(
        Stream.concat(
                table.schema().columns().stream().map(NestedField::name),
                ChangeColumns.FEED.stream())
            .map(name -> col("`" + name.replace("`", "``") + "`"))
            .toArray(Column[]::new));
  }

  private static Column not(String column) {
    return col(column).equalTo(false);
  }
}
