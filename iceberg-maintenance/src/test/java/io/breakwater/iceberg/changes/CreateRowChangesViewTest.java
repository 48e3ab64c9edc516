package io.breakwater.iceberg.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import java.sql.Timestamp;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Which commits the view shows, and what is said if they cannot be shown. */
class CreateRowChangesViewTest {
  private static LocalSpark spark;
  private static int tables;

  private String name;
  private String table;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @BeforeEach
  void nameTable(TestInfo test) {
    name = "t" + tables++;
    table = "lake.db." + name;
  }

  @Test
  void view_withoutBounds_showsEverythingSinceTheBeginning() {
    createTable();
    spark.sql("DELETE FROM " + table + " WHERE id = 3");

    Row row = spark.tableRow(call(""));

    assertThat(row.<String>getAs("changes_view")).isEqualTo(name + "_changes");
    assertThat(row.<Long>getAs("start_snapshot_id")).isNull();
    assertThat(row.<Long>getAs("end_snapshot_id")).isEqualTo(head());
    assertThat(changes())
        .containsExactly("0 insert 1 a", "0 insert 2 b", "0 insert 3 c", "1 delete 3 c");
    assertThat(spark.session().table(name + "_changes").columns())
        .containsExactly(
            "id",
            "name",
            "_change_type",
            "_row_id",
            "_change_ordinal",
            "_commit_snapshot_id",
            "_commit_timestamp");
    assertThat(
            spark
                .sql(
                    "SELECT DISTINCT _commit_timestamp FROM %s_changes WHERE id = 2"
                        .formatted(name))
                .get(0)
                .getTimestamp(0))
        .isEqualTo(new Timestamp(snapshots().get(0).timestampMillis()));
  }

  @Test
  void view_betweenSnapshots_excludesTheStartAndIncludesTheEnd() {
    createTable();
    long start = head();
    spark.sql("UPDATE " + table + " SET name = 'B' WHERE id = 2");
    long end = head();
    spark.sql("DELETE FROM " + table + " WHERE id = 2");

    spark.sql(call(", start_snapshot_id => %d, end_snapshot_id => %d".formatted(start, end)));
    assertThat(changes()).containsExactly("0 update_postimage 2 B", "0 update_preimage 2 b");

    spark.sql(call(", start_snapshot_id => %d, end_snapshot_id => %d".formatted(start, start)));
    assertThat(changes()).isEmpty();
  }

  @Test
  void view_betweenTimestamps_showsTheCommitsAfterTheStartUpToTheEnd() {
    createTable();
    spark.sql("UPDATE " + table + " SET name = 'B' WHERE id = 2");
    spark.sql("DELETE FROM " + table + " WHERE id = 2");
    List<Snapshot> snapshots = snapshots();

    spark.sql(
        call(
            ", start_timestamp => timestamp_millis(%d), end_timestamp => timestamp_millis(%d)"
                .formatted(
                    snapshots.get(0).timestampMillis(), snapshots.get(1).timestampMillis())));
    assertThat(changes()).containsExactly("0 update_postimage 2 B", "0 update_preimage 2 b");

    spark.sql(call(", start_timestamp => TIMESTAMP '2001-01-01'"));
    assertThat(changes()).hasSize(6);
    assertThatThrownBy(() -> spark.sql(call(", end_timestamp => TIMESTAMP '2001-01-01'")))
        .hasMessageContaining("no snapshot is as old as the end timestamp 2001-01-01");
  }

  @Test
  void net_hidesRowsThatCameAndWent_andKeepsOneImageBeforeAndAfter() {
    createTable();
    long start = head();
    spark.sql("INSERT INTO " + table + " VALUES (4, 'd')");
    spark.sql("UPDATE " + table + " SET name = concat(name, '1') WHERE id IN (1, 2, 4)");
    spark.sql("UPDATE " + table + " SET name = concat(name, '2') WHERE id = 1");
    spark.sql("DELETE FROM " + table + " WHERE id IN (2, 4)");

    spark.sql(call(", start_snapshot_id => %d, net => true".formatted(start)));

    assertThat(changes())
        .containsExactly("2 update_postimage 1 a12", "2 update_preimage 1 a", "3 delete 2 b");
  }

  @Test
  void dryRun_says_whatWouldBeRead_andMakesNoView() {
    createTable();
    spark.sql("DELETE FROM " + table + " WHERE id = 3");
    spark.sql(
        "CALL lake.system.rewrite_deletion_vectors(table => 'db.%s', options => map('rewrite-all', 'true'))"
            .formatted(name));

    List<Row> rows = spark.sql(call(", dry_run => true"));

    assertThat(rows)
        .extracting(row -> row.<String>getAs("scope") + " " + row.getAs("status"))
        .containsExactly("commit shown", "commit shown", "commit no changes", "table planned");
    Row all = rows.get(3);
    assertThat(all.<Long>getAs("data_files_count")).isEqualTo(1);
    assertThat(all.<Long>getAs("data_file_bytes_count")).isPositive();
    assertThat(all.<Long>getAs("changed_deletion_vectors_count")).isEqualTo(1);
    assertThat(spark.session().catalog().tableExists(name + "_changes")).isFalse();
  }

  @Test
  void bookmark_movesOnlyOnRequest() {
    createTable();
    spark.sql(call(", bookmark => 'audit'"));
    long first = head();
    assertThat(changes()).hasSize(3);
    spark.sql("DELETE FROM " + table + " WHERE id = 3");

    Row row =
        spark.tableRow(
            call(
                ", bookmark => 'audit', end_snapshot_id => %d, advance_bookmark => true"
                    .formatted(first)));
    assertThat(row.<Long>getAs("bookmark_snapshot_id")).isEqualTo(first);
    assertThat(spark.table(table).properties())
        .containsEntry("breakwater.changes.bookmark.audit", String.valueOf(first));

    for (int i = 0; i < 2; i++) {
      spark.sql(call(", bookmark => 'audit'"));
      assertThat(changes()).containsExactly("0 delete 3 c");
    }
    assertThatThrownBy(
            () ->
                spark.sql(call(", bookmark => 'audit', start_snapshot_id => %d".formatted(first))))
        .hasMessageContaining(
            "Invalid start_snapshot_id: the changes begin where bookmark audit is")
        .hasMessageContaining("unset the table property breakwater.changes.bookmark.audit");
    assertThatThrownBy(() -> spark.sql(call(", bookmark => 'audit', advance_bookmark => true")))
        .hasMessageContaining("Invalid advance_bookmark: true, must come with end_snapshot_id");
    assertThatThrownBy(() -> spark.sql(call(", advance_bookmark => true")))
        .hasMessageContaining("Invalid advance_bookmark: true, must come with bookmark");
    assertThatThrownBy(() -> spark.sql(call(", bookmark => 'a b'")))
        .hasMessageContaining("Invalid bookmark: a b, must be letters, digits, _ and -");
  }

  @Test
  void bounds_thatAreNotInTheHistory_areRefusedWithTheReason() {
    createTable();
    long first = head();
    spark.sql("INSERT INTO " + table + " VALUES (4, 'd')");
    long second = head();
    spark.sql("INSERT INTO " + table + " VALUES (5, 'e')");
    long rolledBack = head();
    spark.sql("CALL lake.system.rollback_to_snapshot('db.%s', %d)".formatted(name, second));

    assertThatThrownBy(() -> spark.sql(call(", start_snapshot_id => %d".formatted(rolledBack))))
        .hasMessageContaining("Cannot show changes of " + table + ": start snapshot " + rolledBack)
        .hasMessageContaining("it was rolled back or belongs to another branch");
    assertThatThrownBy(() -> spark.sql(call(", end_snapshot_id => %d".formatted(rolledBack))))
        .hasMessageContaining("end snapshot " + rolledBack);
    assertThatThrownBy(() -> spark.sql(call(", start_snapshot_id => 42")))
        .hasMessageContaining(
            "start snapshot 42 is not in the table, it was expired or never there");
    assertThatThrownBy(
            () ->
                spark.sql(
                    call(
                        ", start_snapshot_id => %d, end_snapshot_id => %d"
                            .formatted(second, first))))
        .hasMessageContaining("is younger than end snapshot");
    assertThatThrownBy(
            () ->
                spark.sql(
                    call(", start_snapshot_id => 1, start_timestamp => TIMESTAMP '2001-01-01'")))
        .hasMessageContaining("Invalid start_timestamp: must not come with start_snapshot_id");

    spark.table(table).expireSnapshots().expireSnapshotId(first).commit();
    assertThatThrownBy(() -> spark.sql(call("")))
        .hasMessageContaining(
            "the history before snapshot %d is expired; give start_snapshot_id => %d"
                .formatted(second, second));
    assertThatThrownBy(() -> spark.sql(call(", start_snapshot_id => %d".formatted(first))))
        .hasMessageContaining("it was expired or never there; begin at %d".formatted(second));
  }

  @Test
  void branch_showsItsOwnCommits() {
    createTable();
    long start = head();
    spark.sql("ALTER TABLE " + table + " CREATE BRANCH audit");
    spark.sql("INSERT INTO " + table + ".branch_audit VALUES (7, 'g')");
    spark.sql("DELETE FROM " + table + " WHERE id = 1");
    long onMain = head();

    spark.sql(
        "CALL lake.system.create_row_changes_view(table => 'db.%s.branch_audit', start_snapshot_id => %d, changes_view => '%s_changes')"
            .formatted(name, start, name));

    assertThat(changes()).containsExactly("0 insert 7 g");
    assertThatThrownBy(
            () ->
                spark.sql(
                    "CALL lake.system.create_row_changes_view(table => 'db.%s.branch_audit', start_snapshot_id => %d)"
                        .formatted(name, onMain)))
        .hasMessageContaining("belongs to another branch; name the branch or another snapshot");
  }

  @Test
  void where_limitsTheFeedToPartitions_rowsThatMoveBetweenThemComeAndGo() {
    spark.createTable(table, 8, 1, "PARTITIONED BY (part)");
    long start = head();
    spark.sql("UPDATE " + table + " SET part = 1 WHERE id = 2");
    spark.sql("UPDATE " + table + " SET name = 'x' WHERE id IN (4, 5)");

    spark.sql(call(", start_snapshot_id => %d, where => 'part = 0'".formatted(start)));

    assertThat(changes())
        .containsExactly(
            "0 delete 2 name-2", "1 update_postimage 4 x", "1 update_preimage 4 name-4");
  }

  @Test
  void schemaThatChanged_showsEveryRowInTheNewestSchema() {
    createTable();
    spark.sql("ALTER TABLE " + table + " ADD COLUMN note STRING");
    spark.sql("INSERT INTO " + table + " VALUES (4, 'd', 'new')");
    spark.sql("ALTER TABLE " + table + " RENAME COLUMN name TO title");
    spark.sql("UPDATE " + table + " SET note = 'old' WHERE id = 1");
    spark.sql("ALTER TABLE " + table + " ALTER COLUMN note FIRST");
    spark.sql("ALTER TABLE " + table + " ADD PARTITION FIELD truncate(1, title)");
    spark.sql("DELETE FROM " + table + " WHERE id IN (1, 2)");

    spark.sql(call(""));

    assertThat(
            spark.sql(
                "SELECT concat_ws(' ', _change_ordinal, _change_type, id, title, note) FROM %s_changes ORDER BY 1"
                    .formatted(name)))
        .extracting(row -> row.getString(0))
        .containsExactly(
            "0 insert 1 a",
            "0 insert 2 b",
            "0 insert 3 c",
            "1 insert 4 d new",
            "2 update_postimage 1 a old",
            "2 update_preimage 1 a",
            "3 delete 1 a old",
            "3 delete 2 b");
  }

  @Test
  void upgradedTable_showsChangesSinceTheUpgrade_andRefusesOlderOnes() {
    spark.sql(
        "CREATE TABLE %s (id BIGINT, name STRING) USING iceberg TBLPROPERTIES ('format-version'='2', 'write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read', 'write.delete.granularity'='partition')"
            .formatted(table));
    spark.sql(
        "INSERT INTO %s VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')".formatted(table));
    spark.sql("DELETE FROM " + table + " WHERE id = 1");
    long last = head();
    spark.sql("ALTER TABLE " + table + " SET TBLPROPERTIES ('format-version'='3')");
    assertThatThrownBy(() -> spark.sql(call("")))
        .hasMessageContaining("snapshot %d was written in format version 2".formatted(last))
        .hasMessageContaining("begin after it, with start_snapshot_id => " + last);
    spark.sql("DELETE FROM " + table + " WHERE id = 2");
    spark.sql("UPDATE " + table + " SET name = 'C' WHERE id = 3");
    spark.sql("ALTER TABLE " + table + " SET TBLPROPERTIES ('write.delete.mode'='copy-on-write')");
    spark.sql("DELETE FROM " + table + " WHERE id = 4");

    spark.sql(call(", start_snapshot_id => " + last));

    assertThat(changes())
        .containsExactly(
            "0 delete 2 b", "1 update_postimage 3 C", "1 update_preimage 3 c", "2 delete 4 d");
  }

  @Test
  void tableOfFormatVersion2_isRefused() {
    spark.sql("CREATE TABLE " + table + " (id BIGINT) USING iceberg");
    assertThatThrownBy(() -> spark.sql(call("")))
        .hasMessageContaining("Cannot show changes of " + table + ": format version 2");
  }

  @Test
  void column_withTheNameOfAFeedColumn_isRefused() {
    spark.sql(
        "CREATE TABLE %s (_Change_Type STRING) USING iceberg TBLPROPERTIES ('format-version'='3')"
            .formatted(table));
    assertThatThrownBy(() -> spark.sql(call("")))
        .hasMessageContaining("its column _Change_Type has the name of a column of the feed");
  }

  private void createTable() {
    spark.sql(
        "CREATE TABLE %s (id BIGINT, name STRING) USING iceberg TBLPROPERTIES ('format-version'='3', 'write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read')"
            .formatted(table));
    spark.sql(
        "INSERT INTO "
            + table
            + " SELECT /*+ COALESCE(1) */ * FROM VALUES (1L, 'a'), (2L, 'b'), (3L, 'c')");
  }

  private String call(String arguments) {
    return "CALL lake.system.create_row_changes_view(table => 'db.%s'%s)"
        .formatted(name, arguments);
  }

  private List<String> changes() {
    return spark
        .sql(
            "SELECT concat_ws(' ', _change_ordinal, _change_type, id, name) FROM %s_changes ORDER BY 1"
                .formatted(name))
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private long head() {
    return spark.table(table).currentSnapshot().snapshotId();
  }

  private List<Snapshot> snapshots() {
    Table loaded = spark.table(table);
    return StreamSupport.stream(loaded.snapshots().spliterator(), false).toList();
  }
}
