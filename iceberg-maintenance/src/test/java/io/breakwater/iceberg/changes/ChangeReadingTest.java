package io.breakwater.iceberg.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.plan.PartitionFilter;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read of the files that changed, and files that Spark does not write. */
class ChangeReadingTest {
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
  void nameTable() {
    name = "t" + tables++;
    table = "lake.db." + name;
  }

  @Test
  void deletedRows_areReadFromTheirRowGroupsOnly() {
    DataFile file = createWideTable(100_000, "");
    long start = head().snapshotId();
    assertThat(file.splitOffsets()).hasSizeGreaterThan(10);
    spark.sql("DELETE FROM " + table + " WHERE id IN (3, 4, 1999)");

    long before = bytesRead();
    view(start);
    long planned = bytesRead();
    assertThat(changes()).containsExactly("0 delete 1999 x1999", "0 delete 3 x3", "0 delete 4 x4");
    long read = bytesRead();

    assertThat(planned - before).isLessThan(file.fileSizeInBytes() / 4);
    assertThat(read - planned).isLessThan(file.fileSizeInBytes() / 3);
  }

  @Test
  void largeFile_isReadInSeveralTasks_andEachRowOnce() {
    DataFile file = createWideTable(100_000, ", 'read.split.target-size'='300000'");
    spark.sql("DELETE FROM " + table + " WHERE id % 500 = 7");

    view(null);

    assertThat(spark.session().table(name + "_changes").toJavaRDD().getNumPartitions())
        .isGreaterThanOrEqualTo((int) (file.fileSizeInBytes() / 600_000));
    assertThat(
            spark.sql(
                "SELECT _change_type, count(*), count(DISTINCT id), min(id), max(id) FROM %s_changes GROUP BY 1 ORDER BY 1"
                    .formatted(name)))
        .extracting(Object::toString)
        .containsExactly("[delete,4,4,7,1507]", "[insert,2000,2000,0,1999]");
  }

  @Test
  void columnsThatAreNotAskedFor_areNotRead() {
    DataFile file = createWideTable(10_000_000, "");
    view(null);

    long before = bytesRead();
    assertThat(spark.sql("SELECT sum(id) FROM %s_changes".formatted(name)).get(0).getLong(0))
        .isEqualTo(1999000);

    assertThat(bytesRead() - before).isLessThan(file.fileSizeInBytes() / 4);
  }

  @Test
  void nestedColumns_andTheirFields_areShown() {
    spark.sql(
        "CREATE TABLE %s (id INT, place STRUCT<city: STRING, lat: DOUBLE>, tags ARRAY<STRING>, notes MAP<STRING, INT>, day DATE) USING iceberg PARTITIONED BY (day) TBLPROPERTIES ('format-version'='3', 'write.update.mode'='merge-on-read')"
            .formatted(table));
    spark.sql(
        "INSERT INTO %s VALUES (1, named_struct('city', 'Rome', 'lat', 41.9D), array('a', null), map('x', 1), DATE '2026-01-01')"
            .formatted(table));
    spark.sql("ALTER TABLE " + table + " ALTER COLUMN id TYPE BIGINT");
    spark.sql("ALTER TABLE " + table + " ADD COLUMN place.country STRING AFTER city");
    spark.sql("UPDATE " + table + " SET place.country = 'Italy', id = 4000000000");

    view(null);

    assertThat(
            spark.sql(
                "SELECT _change_type, id, place, to_json(tags), to_json(notes), day FROM %s_changes ORDER BY 1"
                    .formatted(name)))
        .extracting(Object::toString)
        .containsExactly(
            "[insert,1,[Rome,null,41.9],[\"a\",null],{\"x\":1},2026-01-01]",
            "[update_postimage,4000000000,[Rome,Italy,41.9],[\"a\",null],{\"x\":1},2026-01-01]",
            "[update_preimage,1,[Rome,null,41.9],[\"a\",null],{\"x\":1},2026-01-01]");
    assertThat(
            spark.sql(
                "SELECT place.lat, place.country, day FROM %s_changes WHERE _change_type = 'update_postimage'"
                    .formatted(name)))
        .extracting(Object::toString)
        .containsExactly("[41.9,Italy,2026-01-01]");
  }

  @Test
  void view_keepsItsColumns_whenTheTableChangesThem() {
    createTable("");
    view(null);
    spark.sql("ALTER TABLE " + table + " RENAME COLUMN name TO title");
    spark.table(table).refresh();

    assertThat(changes()).containsExactly("0 insert 1 a", "0 insert 2 b", "0 insert 3 c");
  }

  @Test
  void avroFiles_areReadToo() {
    createTable(", 'write.format.default'='avro'");
    spark.sql("UPDATE " + table + " SET name = 'B' WHERE id = 2");
    spark.sql("DELETE FROM " + table + " WHERE id IN (2, 3)");

    view(null);

    assertThat(changes())
        .containsExactly(
            "0 insert 1 a",
            "0 insert 2 b",
            "0 insert 3 c",
            "1 update_postimage 2 B",
            "1 update_preimage 2 b",
            "2 delete 2 B",
            "2 delete 3 c");
  }

  @Test
  void orcFiles_areRefused() {
    createTable(", 'write.format.default'='orc'");

    assertThatThrownBy(() -> view(null))
        .hasMessageContaining("is ORC, in which row ids are not read; write the table as Parquet");
  }

  @Test
  void vectorThatIsTakenAway_bringsItsRowsBack() {
    createTable("");
    long rowId =
        spark.sql("SELECT _row_id FROM %s WHERE id = 2".formatted(table)).get(0).getLong(0);
    spark.sql("DELETE FROM " + table + " WHERE id IN (1, 2)");
    long start = head().snapshotId();
    spark.table(table).newRowDelta().removeDeletes(vector()).commit();
    view(start);
    assertThat(changes()).containsExactly("0 insert 1 a", "0 insert 2 b");
    assertThat(
            spark
                .sql("SELECT _row_id FROM %s_changes WHERE id = 2".formatted(name))
                .get(0)
                .getLong(0))
        .isEqualTo(rowId);
  }

  @Test
  void vectorInTheCommitOfItsDataFile_hidesRowsFromTheBeginning() throws IOException {
    createTable("");
    long start = head().snapshotId();
    Table loaded = spark.table(table);
    DataFile old = files(head()).addedData().get(0);
    DataFile copy =
        DataFiles.builder(PartitionSpec.unpartitioned())
            .withInputFile(loaded.io().newInputFile(copyOf(loaded, old)))
            .withFormat(FileFormat.PARQUET)
            .withRecordCount(old.recordCount())
            .build();
    loaded.newRowDelta().addRows(copy).addDeletes(vector(loaded, copy, 0)).commit();
    spark.sql("DELETE FROM " + table + " WHERE name = 'c'");

    view(start);

    assertThat(changes())
        .containsExactly("0 insert 2 b", "0 insert 3 c", "1 delete 3 c", "1 delete 3 c");
  }

  @Test
  void vectorBeyondTheLastRow_isRefused() throws IOException {
    createTable("");
    long start = head().snapshotId();
    Table loaded = spark.table(table);
    DataFile file = files(head()).addedData().get(0);
    loaded.newRowDelta().addDeletes(vector(loaded, file, 9)).commit();
    view(start);

    assertThatThrownBy(this::changes)
        .rootCause()
        .hasMessageContaining("a deletion vector deletes row 9 of 3; call verify_deletion_vectors");
  }

  @Test
  void equalityDeletes_inTheRangeAreRefused_beforeItTheyDoNotReturnAsDeletes() throws IOException {
    createTable("");
    long first = head().snapshotId();
    Table loaded = spark.table(table);
    loaded.newRowDelta().addDeletes(equalityDelete(loaded, 1L)).commit();
    long second = head().snapshotId();
    assertThatThrownBy(() -> view(first))
        .hasMessageContaining("snapshot %d adds the equality delete file".formatted(second))
        .hasMessageContaining("begin after it, with start_snapshot_id => " + second);

    spark.sql("DELETE FROM " + table + " WHERE id = 2");
    spark.sql("UPDATE " + table + " SET name = 'C' WHERE id = 3");
    view(second);
    assertThat(changes())
        .containsExactly("0 delete 2 b", "1 update_postimage 3 C", "1 update_preimage 3 c");

    spark.sql("ALTER TABLE " + table + " SET TBLPROPERTIES ('write.delete.mode'='copy-on-write')");
    spark.sql("INSERT INTO " + table + " VALUES (4, 'd')");
    spark.sql("DELETE FROM " + table + " WHERE id = 4");
    view(second);
    assertThat(changes()).hasSize(5);
    loaded.refresh();
    DataFile file = files(loaded.snapshot(first)).addedData().get(0);
    loaded.newDelete().deleteFile(file.location()).commit();
    assertThatThrownBy(() -> view(second))
        .hasMessageContaining("was removed while equality delete file")
        .hasMessageContaining("convert_equality_deletes");
  }

  private void createTable(String properties) {
    spark.sql(
        "CREATE TABLE %s (id BIGINT, name STRING) USING iceberg TBLPROPERTIES ('format-version'='3', 'write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read'%s)"
            .formatted(table, properties));
    spark.sql(
        "INSERT INTO %s SELECT /*+ COALESCE(1) */ * FROM VALUES (1L, 'a'), (2L, 'b'), (3L, 'c')"
            .formatted(table));
  }

  /** One file of 2,000 rows of 1 KB. */
  private DataFile createWideTable(int rowGroupBytes, String properties) {
    spark.sql(
        "CREATE TABLE %s (id BIGINT, name STRING, padding STRING) USING iceberg TBLPROPERTIES ('format-version'='3', 'write.delete.mode'='merge-on-read', 'write.parquet.row-group-size-bytes'='%d', 'write.parquet.compression-codec'='uncompressed'%s)"
            .formatted(table, rowGroupBytes, properties));
    spark.sql(
        "INSERT INTO %s SELECT /*+ COALESCE(1) */ id, concat('x', id), repeat(sha2(CAST(id AS STRING), 256), 16) FROM range(0, 2000, 1, 1)"
            .formatted(table));
    return files(head()).addedData().get(0);
  }

  private void view(Long start) {
    spark.sql(
        "CALL lake.system.create_row_changes_view(table => 'db.%s'%s)"
            .formatted(name, start == null ? "" : ", start_snapshot_id => " + start));
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

  private Snapshot head() {
    return spark.table(table).currentSnapshot();
  }

  private SnapshotFiles files(Snapshot snapshot) {
    Table loaded = spark.table(table);
    return SnapshotFiles.read(snapshot, loaded.io(), PartitionFilter.all(loaded));
  }

  private DeleteFile vector() {
    return files(head()).vectors().values().iterator().next();
  }

  private static long bytesRead() {
    return FileSystem.getGlobalStorageStatistics().get("file").getLong("bytesRead");
  }

  private static DeleteFile vector(Table table, DataFile file, int... positions)
      throws IOException {
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, 0, 0).format(FileFormat.PUFFIN).build();
    BaseDVFileWriter writer = new BaseDVFileWriter(files, path -> null);
    try (writer) {
      IntStream.of(positions)
          .forEach(
              position ->
                  writer.delete(file.location(), position, table.specs().get(file.specId()), null));
    }
    return writer.result().deleteFiles().get(0);
  }

  private static String copyOf(Table table, DataFile file) throws IOException {
    String path = table.locationProvider().newDataLocation("copy.parquet");
    try (var in = table.io().newInputFile(file.location()).newStream();
        var out = table.io().newOutputFile(path).create()) {
      in.transferTo(out);
    }
    return path;
  }

  private static DeleteFile equalityDelete(Table table, long id) throws IOException {
    Schema key = table.schema().select("id");
    EqualityDeleteWriter<Record> writer =
        Parquet.writeDeletes(
                EncryptedFiles.plainAsEncryptedOutput(
                    table
                        .io()
                        .newOutputFile(
                            table
                                .locationProvider()
                                .newDataLocation("equality-%d.parquet".formatted(id)))))
            .forTable(table)
            .rowSchema(key)
            .createWriterFunc(GenericParquetWriter::create)
            .equalityFieldIds(key.findField("id").fieldId())
            .buildEqualityWriter();
    try (writer) {
      Record row = GenericRecord.create(key);
      row.setField("id", id);
      writer.write(row);
    }
    return writer.toDeleteFile();
  }
}
