package io.breakwater.iceberg.convert;

import static io.breakwater.iceberg.convert.WrittenDeletes.add;
import static io.breakwater.iceberg.convert.WrittenDeletes.equality;
import static io.breakwater.iceberg.convert.WrittenDeletes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writers that commit between plan and commit lose no delete and get no row back. */
class ConvertConflictTest {
  private static final String T = "lake.db.t";

  private static LocalSpark spark;
  private Table table;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @BeforeEach
  void createTable() {
    spark.sql("DROP TABLE IF EXISTS lake.db.t PURGE");
    spark.createTable(T, 400, 4, "");
    table = spark.table(T);
    add(table, equality(table, null, List.of("id"), ids(10, 20)));
  }

  @Test
  void concurrentAppend_isNoConflictAndStays() {
    ConvertRow result = convert(once(() -> spark.append(T, 10, 15, 1)), 0);

    assertThat(result.attempts()).isEqualTo(1);
    assertThat(count()).isEqualTo(400 - 10 + 5);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void concurrentEqualityDelete_isNoConflictAndHolds() {
    ConvertRow result =
        convert(
            once(() -> add(spark.table(T), equality(table, null, List.of("id"), ids(15, 25)))), 0);

    assertThat(result.attempts()).isEqualTo(1);
    assertThat(count()).isEqualTo(400 - 15);
    assertThat(equalityDeleteFiles()).isEqualTo(1);
  }

  @Test
  void concurrentDelete_ofATouchedDataFile_isConvertedAgainAndKept() {
    ConvertRow result = convert(once(() -> spark.sql("DELETE FROM lake.db.t WHERE id = 30")), 3);

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(result.replacedVectors()).isEqualTo(1);
    assertThat(count()).isEqualTo(400 - 11);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void concurrentDelete_ofAnotherDataFile_isNoConflict() {
    ConvertRow result = convert(once(() -> spark.sql("DELETE FROM lake.db.t WHERE id = 330")), 0);

    assertThat(result.attempts()).isEqualTo(1);
    assertThat(count()).isEqualTo(400 - 11);
  }

  @Test
  void concurrentCompaction_thatBeganBeforeTheDeletes_bringsNoRowBack() {
    DataFile old = touched();

    ConvertRow result =
        convert(
            once(
                () ->
                    spark
                        .table(T)
                        .newRewrite()
                        .dataSequenceNumber(old.dataSequenceNumber())
                        .deleteFile(old)
                        .addFile(copy(old))
                        .commit()),
            3);

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(count()).isEqualTo(400 - 10);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void concurrentRollback_behindTheDeletes_leavesNothingToConvert() {
    long before = table.currentSnapshot().parentId();

    ConvertRow result =
        convert(once(() -> spark.table(T).manageSnapshots().rollbackTo(before).commit()), 3);

    assertThat(result.status()).isEqualTo("nothing to do");
    assertThat(count()).isEqualTo(400);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void damagedOldVector_failsTheTaskAndLeavesNoFile() throws IOException {
    spark.sql("DELETE FROM lake.db.t WHERE id = 30");
    Row vector =
        spark
            .sql(
                "SELECT file_path, content_offset FROM lake.db.t.delete_files WHERE content_offset IS"
                    + " NOT NULL")
            .get(0);
    Path file = Path.of(path(vector));
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (vector.<Long>getAs("content_offset") + 20)] ^= 0x10;
    Files.write(file, bytes);
    Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
    Set<Path> puffins = spark.puffins();
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    assertThatThrownBy(() -> convert(Target.main(spark.table(T)), 0))
        .hasStackTraceContaining("Cannot merge the deletion vector of data file")
        .hasStackTraceContaining("checksum");

    assertThat(spark.puffins()).isEqualTo(puffins);
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  @Test
  void interruptedCall_leavesTheTableAsItWas() {
    long snapshot = table.currentSnapshot().snapshotId();
    Set<Path> puffins = spark.puffins();

    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> convert(Target.main(table), 0)).isInstanceOf(Exception.class);
    } finally {
      Thread.interrupted();
    }

    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
    assertThat(spark.puffins()).isEqualTo(puffins);
  }

  private Target once(Runnable work) {
    Iterator<Runnable> works = List.of(work).iterator();
    return Meddling.before(
        table,
        () -> {
          if (works.hasNext()) {
            works.next().run();
          }
        });
  }

  private static ConvertRow convert(Target target, int retries) {
    List<ConvertRow> rows =
        DeleteConversion.ofEqualityDeletes(
                spark.session(),
                target,
                PartitionFilter.all(target.table()),
                ConvertOptions.of(Map.of("conflict-retries", String.valueOf(retries))))
            .run();
    return rows.get(0);
  }

  private DataFile touched() {
    String path = spark.sql("SELECT _file FROM lake.db.t WHERE id = 30").get(0).getString(0);
    return WrittenDeletes.dataFiles(table).stream()
        .filter(file -> file.location().equals(path))
        .findFirst()
        .orElseThrow();
  }

  /** What a compaction of the one file would write that has not seen the deletes. */
  private DataFile copy(DataFile file) {
    String path = file.location().replace(".parquet", "-copy.parquet");
    try {
      Files.copy(Path.of(file.location()), Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return DataFiles.builder(table.spec()).copy(file).withPath(path).build();
  }

  private static long count() {
    return spark.sql("SELECT count(*) FROM lake.db.t").get(0).getLong(0);
  }

  private static int equalityDeleteFiles() {
    return spark.sql("SELECT 1 FROM lake.db.t.delete_files WHERE content = 2").size();
  }

  /** Puffin files on disk that no snapshot of the table references. */
  private static Set<String> orphans() {
    Set<String> orphans = spark.puffins().stream().map(Path::toString).collect(Collectors.toSet());
    spark
        .sql("SELECT DISTINCT file_path FROM lake.db.t.all_delete_files")
        .forEach(row -> orphans.remove(path(row)));
    return orphans;
  }

  private static String path(Row row) {
    return row.<String>getAs("file_path").replaceFirst("^file:/*", "/");
  }

  private static Object[][] ids(long from, long to) {
    return LongStream.range(from, to).mapToObj(id -> row(id)).toArray(Object[][]::new);
  }
}
