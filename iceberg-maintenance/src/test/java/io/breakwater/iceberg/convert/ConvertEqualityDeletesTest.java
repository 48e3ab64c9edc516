package io.breakwater.iceberg.convert;

import static io.breakwater.iceberg.convert.WrittenDeletes.add;
import static io.breakwater.iceberg.convert.WrittenDeletes.equality;
import static io.breakwater.iceberg.convert.WrittenDeletes.partition;
import static io.breakwater.iceberg.convert.WrittenDeletes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.convert.WrittenDeletes.At;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every query gives after a conversion what Iceberg's own reader gave before it. */
class ConvertEqualityDeletesTest {
  private static final String T = "lake.db.t";
  private static final String CONVERT =
      "CALL lake.system.convert_equality_deletes(table => 'db.t')";

  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @BeforeEach
  void drop() {
    spark.sql("DROP TABLE IF EXISTS lake.db.t PURGE");
  }

  @Test
  void equalityDeletes_ofAnUnpartitionedTable_becomeVectors() {
    spark.createTable(T, 1000, 4, "");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id"), ids(10, 20)));
    add(
        table,
        equality(table, null, List.of("id"), ids(15, 30)),
        equality(table, null, List.of("id"), ids(700, 701)));

    Row row = assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(1000 - 21);
    assertThat(row.<Long>getAs("equality_delete_files_count")).isEqualTo(3);
    assertThat(row.<Long>getAs("equality_delete_rows_count")).isEqualTo(26);
    assertThat(row.<Long>getAs("data_files_count")).isEqualTo(2);
    assertThat(row.<Long>getAs("added_deletion_vectors_count")).isEqualTo(2);
    assertThat(row.<Long>getAs("deleted_row_count")).isEqualTo(21);
    assertThat(row.<Integer>getAs("attempts")).isEqualTo(1);
  }

  @Test
  void equalityDelete_holdsOnlyForOlderData() {
    spark.createTable(T, 100, 1, "");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id"), ids(5, 10)));
    spark.append(T, 5, 8, 1);
    add(table, equality(table, null, List.of("id"), ids(6, 7)));
    spark.append(T, 6, 7, 1);

    Row row = assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(100 - 5 + 3 - 1 + 1);
    assertThat(row.<Long>getAs("deleted_row_count")).isEqualTo(6);
  }

  @Test
  void equalityDelete_ofTheSameCommitAsTheData_doesNotHoldForIt() {
    spark.createTable(T, 10, 1, "");
    Table table = spark.table(T);
    DataFile other = WrittenDeletes.dataFiles(table).get(0);
    table.newDelete().deleteFile(other).commit();
    table
        .newRowDelta()
        .addRows(other)
        .addDeletes(equality(table, null, List.of("id"), ids(0, 5)))
        .commit();

    Row row = assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(10);
    assertThat(row.<Long>getAs("data_files_count")).isZero();
    assertThat(row.<String>getAs("status")).isEqualTo("converted");
  }

  @Test
  void nullKeys_equalNullOnly() {
    spark.sql(
        "CREATE TABLE lake.db.t (id BIGINT, part BIGINT, name STRING) USING iceberg TBLPROPERTIES"
            + " ('format-version'='3')");
    spark.sql(
        "INSERT INTO lake.db.t VALUES (1, NULL, NULL), (2, NULL, 'a'), (3, 1, NULL), (4, 1, 'a'),"
            + " (5, NULL, ''), (NULL, NULL, NULL)");
    Table table = spark.table(T);
    add(
        table,
        equality(table, null, List.of("part", "name"), row(null, null), row(1L, "a")),
        equality(table, null, List.of("name"), row("")));

    assertConvertedWithSameAnswer();

    assertThat(spark.sql("SELECT id FROM lake.db.t ORDER BY id"))
        .extracting(row -> row.getLong(0))
        .containsExactly(2L, 3L);
  }

  @Test
  void partitionedDeletes_holdInTheirPartitionOnly() {
    spark.createTable(T, 100, 1, "PARTITIONED BY (part)");
    spark.append(T, 0, 100, 1);
    Table table = spark.table(T);
    add(
        table,
        equality(table, partition(table.spec(), 0L), List.of("id"), ids(0, 10)),
        equality(
            table, partition(table.spec(), 1L), List.of("name"), row("name-3"), row("name-4")));

    Row row = assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(200 - 10 - 2);
    assertThat(row.<Long>getAs("partitions_count")).isEqualTo(2);
  }

  @Test
  void globalDelete_ofAnOlderUnpartitionedSpec_holdsInEveryPartition() {
    spark.createTable(T, 100, 2, "");
    Table table = spark.table(T);
    PartitionSpec unpartitioned = table.spec();
    spark.sql("ALTER TABLE lake.db.t ADD PARTITION FIELD part");
    spark.append(T, 0, 100, 1);
    table.refresh();
    add(
        table,
        equality(table, table.schema(), unpartitioned, null, List.of("id"), ids(0, 10)),
        equality(table, partition(table.spec(), 0L), List.of("id"), ids(20, 24)));

    assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(200 - 20 - 2);
  }

  @Test
  void partitionedDelete_doesNotHoldForDataOfAnotherSpec() {
    spark.createTable(T, 100, 2, "PARTITIONED BY (part)");
    Table table = spark.table(T);
    PartitionSpec byPart = table.spec();
    spark.sql("ALTER TABLE lake.db.t ADD PARTITION FIELD bucket(2, id)");
    spark.append(T, 0, 100, 1);
    table.refresh();
    add(
        table,
        equality(table, table.schema(), byPart, partition(byPart, 0L), List.of("id"), ids(0, 10)));

    assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(200 - 5);
  }

  @Test
  void existingVectors_areMergedAndReplaced() {
    spark.createTable(T, 1000, 4, "");
    spark.sql("DELETE FROM lake.db.t WHERE id BETWEEN 100 AND 120 OR id = 900");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id"), ids(110, 130)));

    Row row = assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(1000 - 22 - 9);
    assertThat(row.<Long>getAs("added_deletion_vectors_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("replaced_deletion_vectors_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("deleted_row_count")).isEqualTo(9);
  }

  @Test
  void version2PositionDeletes_ofTouchedDataFiles_areMerged() {
    spark.sql(
        "CREATE TABLE lake.db.t (id BIGINT, part BIGINT, name STRING) USING iceberg TBLPROPERTIES"
            + " ('format-version'='2')");
    spark.append(T, 0, 1000, 4);
    Table table = spark.table(T);
    List<DataFile> files = WrittenDeletes.dataFiles(table);
    add(
        table,
        WrittenDeletes.positions(table, null, List.of(new At(files.get(0), 3))),
        WrittenDeletes.positions(
            table, null, List.of(new At(files.get(0), 7), new At(files.get(1), 3))));
    spark.sql("ALTER TABLE lake.db.t SET TBLPROPERTIES ('format-version'='3')");
    table.refresh();
    long first =
        spark
            .sql("SELECT min(id) FROM lake.db.t WHERE _file = '" + files.get(0).location() + "'")
            .get(0)
            .getLong(0);
    add(table, equality(table, null, List.of("id"), ids(first, first + 6)));

    assertConvertedWithSameAnswer();

    assertThat(count()).isEqualTo(1000 - 9);
  }

  @Test
  void renamedPromotedAndAddedColumns_areFoundById() {
    spark.sql(
        "CREATE TABLE lake.db.t (id INT, name STRING) USING iceberg TBLPROPERTIES"
            + " ('format-version'='3')");
    spark.sql("INSERT INTO lake.db.t SELECT id, concat('n', id) FROM range(50)");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id"), row(1), row(2)));
    spark.sql("ALTER TABLE lake.db.t RENAME COLUMN id TO nr");
    spark.sql("ALTER TABLE lake.db.t ALTER COLUMN nr TYPE BIGINT");
    spark.sql("ALTER TABLE lake.db.t ADD COLUMN id STRING");
    table.refresh();
    add(table, equality(table, null, List.of("nr", "id"), row(3L, null), row(4L, "x")));
    spark.sql("INSERT INTO lake.db.t VALUES (100, 'n100', 'x'), (4, 'n4', 'x')");
    add(table, equality(table, null, List.of("id", "nr"), row("x", 4L)));

    assertConverted();

    assertThat(spark.sql("SELECT nr FROM lake.db.t WHERE nr < 6 ORDER BY nr"))
        .extracting(row -> row.getLong(0))
        .containsExactly(0L, 4L, 5L);
    assertThat(count()).isEqualTo(50 - 3 + 1);
  }

  @Test
  void droppedColumn_isStillCompared() {
    spark.createTable(T, 100, 1, "");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("name"), row("name-7"), row("name-8")));
    spark.sql("ALTER TABLE lake.db.t DROP COLUMN name");
    spark.sql("ALTER TABLE lake.db.t ADD COLUMN name STRING");
    assertThatThrownBy(() -> spark.sql("SELECT * FROM lake.db.t"))
        .hasStackTraceContaining("Cannot find required field for ID");

    assertConverted();

    assertThat(spark.sql("SELECT id FROM lake.db.t WHERE id BETWEEN 6 AND 9 ORDER BY id"))
        .extracting(row -> row.getLong(0))
        .containsExactly(6L, 9L);
  }

  @Test
  void keysOfEveryType_areComparedAsIcebergDoes() {
    spark.sql(
        "CREATE TABLE lake.db.t (id INT, b BOOLEAN, l BIGINT, f FLOAT, d DOUBLE, c DECIMAL(20, 3),"
            + " day DATE, ts TIMESTAMP, tn TIMESTAMP_NTZ, s STRING, bin BINARY, st STRUCT<x: INT>)"
            + " USING iceberg TBLPROPERTIES ('format-version'='3')");
    spark.sql(
        "INSERT INTO lake.db.t SELECT id, id % 2 = 0, id, IF(id = 5, float('NaN'), IF(id = 6,"
            + " float('-0.0'), IF(id = 7, float('0.0'), id))), IF(id = 5, double('NaN'), IF(id = 6,"
            + " double('-0.0'), IF(id = 7, double('0.0'), id))), id / 8, date_add(DATE '2026-01-01',"
            + " id), timestamp_seconds(id), to_timestamp_ntz(timestamp_seconds(id)), concat('ä', id),"
            + " cast(cast(id AS STRING) AS BINARY), named_struct('x', id) FROM (SELECT cast(id AS INT)"
            + " id FROM range(40))");
    Table table = spark.table(T);
    add(
        table,
        equality(table, null, List.of("b", "l"), row(true, 10L), row(true, 11L), row(false, 12L)),
        equality(table, null, List.of("f"), row(Float.NaN), row(-0.0f)),
        equality(table, null, List.of("d"), row(Double.NaN), row(-0.0d)),
        equality(table, null, List.of("c"), row(new BigDecimal("1.750"))),
        equality(table, null, List.of("day"), row(LocalDate.of(2026, 1, 16))),
        equality(table, null, List.of("ts"), row(OffsetDateTime.parse("1970-01-01T00:00:16Z"))),
        equality(
            table,
            null,
            List.of("tn"),
            row(spark.session().sql("SELECT tn FROM lake.db.t WHERE id = 17").head().get(0))),
        equality(table, null, List.of("s"), row("ä18"), row("a19")),
        equality(table, null, List.of("bin"), row(ByteBuffer.wrap(new byte[] {'2', '0'}))));

    assertConvertedWithSameAnswer(
        "SELECT sum(hash(*)), count(*), sum(hash(_row_id, id)) FROM lake.db.t");

    assertThat(spark.sql("SELECT id FROM lake.db.t WHERE id < 22 ORDER BY id"))
        .extracting(row -> row.getInt(0))
        .containsExactly(0, 1, 2, 3, 4, 7, 8, 9, 11, 12, 13, 19, 21);
  }

  @Test
  void avroAndOrcFiles_areConverted() {
    for (String format : List.of("avro", "orc")) {
      spark.sql("DROP TABLE IF EXISTS lake.db.t PURGE");
      spark.sql(
          "CREATE TABLE lake.db.t (id BIGINT, part BIGINT, name STRING) USING iceberg TBLPROPERTIES"
              + " ('format-version'='3', 'write.format.default'='"
              + format
              + "')");
      spark.append(T, 0, 100, 2);
      Table table = spark.table(T);
      add(
          table,
          equality(table, null, List.of("id", "name"), row(3L, "name-3"), row(4L, "name-5")));

      assertConvertedWithSameAnswer();

      assertThat(count()).isEqualTo(99);
    }
  }

  @Test
  void deletesThatMatchNothing_leaveWithoutAVector() {
    spark.createTable(T, 100, 1, "");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id", "name"), row(3L, "name-4")));

    Row row = assertConvertedWithSameAnswer();

    assertThat(row.<Long>getAs("added_deletion_vectors_count")).isZero();
    assertThat(row.<Long>getAs("added_puffin_files_count")).isZero();
  }

  @Test
  void secondCall_findsNothingToDo() {
    spark.createTable(T, 100, 1, "");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id"), ids(3, 5)));
    spark.sql(CONVERT);
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    Row row = spark.tableRow(CONVERT);

    assertThat(row.<String>getAs("status")).isEqualTo("nothing to do");
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void dryRun_changesNothing() {
    spark.createTable(T, 100, 1, "");
    Table table = spark.table(T);
    add(table, equality(table, null, List.of("id"), ids(3, 5)));
    long snapshot = spark.table(T).currentSnapshot().snapshotId();
    int puffins = spark.puffins().size();

    Row row =
        spark.tableRow(
            "CALL lake.system.convert_equality_deletes(table => 'db.t', dry_run => true)");

    assertThat(row.<String>getAs("status")).isEqualTo("planned");
    assertThat(row.<Long>getAs("equality_delete_rows_count")).isEqualTo(2);
    assertThat(row.<Long>getAs("data_files_count")).isEqualTo(1);
    assertThat(row.<Object>getAs("deleted_row_count")).isNull();
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
    assertThat(spark.puffins()).hasSize(puffins);
  }

  @Test
  void where_leavesOtherPartitionsAndGlobalDeletes() {
    spark.createTable(T, 100, 1, "PARTITIONED BY (part)");
    Table table = spark.table(T);
    add(
        table,
        equality(table, partition(table.spec(), 0L), List.of("id"), ids(0, 10)),
        equality(table, partition(table.spec(), 1L), List.of("id"), ids(20, 30)),
        equality(
            table,
            table.schema(),
            PartitionSpec.unpartitioned(),
            null,
            List.of("id"),
            ids(40, 42)));
    String answer = spark.answer(T);

    Row row =
        spark.tableRow(
            "CALL lake.system.convert_equality_deletes(table => 'db.t', where => 'part = 0')");

    assertThat(row.<Long>getAs("equality_delete_files_count")).isEqualTo(1);
    assertThat(row.<Long>getAs("skipped_equality_delete_files_count")).isEqualTo(2);
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(equalityDeleteFiles(T)).isEqualTo(2);
  }

  @Test
  void smallGroups_areCommittedOneByOne() {
    spark.createTable(T, 100, 1, "PARTITIONED BY (part)");
    Table table = spark.table(T);
    add(
        table,
        equality(table, partition(table.spec(), 0L), List.of("id"), ids(0, 10)),
        equality(table, partition(table.spec(), 1L), List.of("id"), ids(20, 30)));
    String answer = spark.answer(T);

    List<Row> rows =
        spark.sql(
            "CALL lake.system.convert_equality_deletes(table => 'db.t', options =>"
                + " map('max-file-group-size-bytes', '1'))");

    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).<Long>getAs("snapshot_id"))
        .isNotEqualTo(rows.get(1).<Long>getAs("snapshot_id"));
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(equalityDeleteFiles(T)).isZero();
  }

  @Test
  void branch_isConvertedAndMainIsNot() {
    spark.createTable(T, 100, 1, "");
    spark.sql("ALTER TABLE lake.db.t CREATE BRANCH audit");
    Table table = spark.table(T);
    table
        .newRowDelta()
        .addDeletes(equality(table, null, List.of("id"), ids(3, 5)))
        .toBranch("audit")
        .commit();
    String branch = spark.answer("lake.db.t.branch_audit");
    long main = spark.table(T).currentSnapshot().snapshotId();

    Row row =
        spark.tableRow("CALL lake.system.convert_equality_deletes(table => 'db.t.branch_audit')");

    assertThat(row.<Long>getAs("deleted_row_count")).isEqualTo(2);
    assertThat(spark.answer("lake.db.t.branch_audit")).isEqualTo(branch);
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(main);
  }

  @Test
  void formatVersion2_isRefused() {
    spark.sql("CREATE TABLE lake.db.t (id BIGINT) USING iceberg");

    assertThatThrownBy(() -> spark.sql(CONVERT))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("format version 2, must be at least 3");
  }

  private Row assertConvertedWithSameAnswer() {
    String answer = spark.answer(T);
    Row row = assertConverted();
    assertThat(spark.answer(T)).isEqualTo(answer);
    return row;
  }

  private void assertConvertedWithSameAnswer(String query) {
    String answer = spark.sql(query).toString();
    assertConverted();
    assertThat(spark.sql(query).toString()).isEqualTo(answer);
  }

  private Row assertConverted() {
    List<Row> rows = spark.sql(CONVERT);
    Row row = rows.get(rows.size() - 1);
    assertThat(row.<String>getAs("status")).isEqualTo("converted");
    assertThat(equalityDeleteFiles(T)).isZero();
    assertThat(spark.table(T).currentSnapshot().operation()).isEqualTo("replace");
    return row;
  }

  private static long equalityDeleteFiles(String table) {
    return spark.sql("SELECT 1 FROM " + table + ".delete_files WHERE content = 2").size();
  }

  private long count() {
    return spark.sql("SELECT count(*) FROM lake.db.t").get(0).getLong(0);
  }

  private static Object[][] ids(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> row(id)).toArray(Object[][]::new);
  }
}
