package io.breakwater.iceberg.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.MeddledTable;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Row;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Concurrent commits lose nothing and bring nothing back; failures leave no file behind. */
class CompactionConflictTest {
  private static final String T = "lake.db.t";

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
  void createTable() {
    spark.sql("DROP TABLE IF EXISTS lake.db.t PURGE");
    spark.createTable(T, 4000, 4, "PARTITIONED BY (part)");
    spark.sql("DELETE FROM lake.db.t WHERE id % 10 < 4");
  }

  @Test
  void delete_betweenPlanAndCommit_failsOnlyTheGroupItTouches() {
    Iterator<Integer> ids = List.of(1004, 1006).iterator();
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              if (ids.hasNext()) {
                spark.sql("DELETE FROM lake.db.t WHERE part = 0 AND id = " + ids.next());
              }
              rewrite.commit();
            });

    List<CompactionRow> rows = compaction(table, Map.of()).run();

    assertThat(rows.stream().filter(row -> row.status().equals("conflict")))
        .isNotEmpty()
        .allMatch(row -> row.partition().equals("part=0"));
    assertThat(committed(rows)).isEqualTo(8);
    assertThat(spark.sql("SELECT * FROM lake.db.t.delete_files")).isEmpty();
    assertThat(ids()).isEqualTo(expected(Set.of(1004L, 1006L)));
    assertThat(orphans()).isEmpty();
  }

  @Test
  void update_betweenPlanAndCommit_isKept() {
    Iterator<String> once = List.of("changed").iterator();
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              if (once.hasNext()) {
                spark.sql("UPDATE lake.db.t SET name = '" + once.next() + "' WHERE id = 1007");
              }
              rewrite.commit();
            });

    compaction(table, Map.of()).run();

    assertThat(spark.sql("SELECT name FROM lake.db.t WHERE id = 1007").get(0).getString(0))
        .isEqualTo("changed");
    assertThat(ids()).isEqualTo(expected(Set.of()));
  }

  @Test
  void deletes_inEveryAttempt_endInAClearErrorAndAnUnchangedTable() {
    Iterator<Integer> ids = IntStream.range(0, 400).map(i -> 10 * i + 4).iterator();
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              for (int i = 0; i < 4; i++) {
                spark.sql("DELETE FROM lake.db.t WHERE id = " + ids.next());
              }
              spark.sql("DELETE FROM lake.db.t WHERE id % 1000 IN (5, 6)");
              spark.sql("DELETE FROM lake.db.t WHERE id % 1000 IN (7, 8)");
              rewrite.commit();
            });

    assertThatThrownBy(
            () ->
                compaction(
                        table, Map.of("conflict-retries", "0", "partial-progress.max-commits", "1"))
                    .run())
        .isInstanceOf(CommitFailedException.class)
        .hasMessageContaining("in each of 1 attempts concurrent commits changed files")
        .hasMessageContaining("conflict-retries");

    assertThat(orphans()).isEmpty();
  }

  @Test
  void vector_removedBetweenPlanAndCommit_isNotAppliedAnyMore() {
    Iterator<String> once = List.of("").iterator();
    Table real = spark.table(T);
    Table table =
        MeddledTable.of(
            real,
            rewrite -> {
              if (once.hasNext()) {
                once.next();
                removeOneVector();
              }
              rewrite.commit();
            });

    compaction(table, Map.of()).run();

    assertThat(ids()).contains(0L, 2L);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void rewriteOfTheSameFiles_leavesNothingToDo() {
    Iterator<String> once = List.of("").iterator();
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              if (once.hasNext()) {
                once.next();
                spark.sql(
                    "CALL lake.system.rewrite_data_files(table => 'db.t', options =>"
                        + " map('delete-file-threshold','1'))");
              }
              rewrite.commit();
            });
    String answer = spark.answer(T);

    assertThatThrownBy(() -> compaction(table, Map.of("conflict-retries", "0")).run())
        .isInstanceOf(CommitFailedException.class);

    assertThat(compaction(spark.table(T), Map.of()).run())
        .extracting(CompactionRow::status)
        .contains("nothing to do");
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void commitOfUnknownOutcome_keepsTheNewFiles() {
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              rewrite.commit();
              throw new CommitStateUnknownException(new IOException("connection reset"));
            });
    String answer = spark.answer(T);

    assertThatThrownBy(() -> compaction(table, Map.of()).run())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("connection reset")
        .hasMessageContaining("breakwater.commit-id = ");

    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void failureOfOneGroup_keepsWhatWasCommittedAndTheNextCallContinues() throws IOException {
    AtomicInteger commits = new AtomicInteger();
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              if (commits.incrementAndGet() == 2) {
                throw new CommitStateCleanException();
              }
              rewrite.commit();
            });
    String answer = spark.answer(T);

    assertThatThrownBy(
            () -> compaction(table, Map.of("max-concurrent-file-group-rewrites", "1")).run())
        .isInstanceOf(CommitStateCleanException.class);

    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(orphans()).isEmpty();
    assertThat(committed(compaction(spark.table(T), Map.of()).run())).isEqualTo(4);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void unreadableDataFile_failsWithoutOrphansOrChange() throws IOException {
    String path =
        spark
            .sql("SELECT file_path FROM lake.db.t.files WHERE content = 0 ORDER BY 1")
            .get(0)
            .getString(0);
    long snapshot = spark.table(T).currentSnapshot().snapshotId();
    Path file = Path.of(path.replaceFirst("^file:/*", "/"));
    Files.move(file, file.resolveSibling("moved"));

    assertThatThrownBy(
            () -> compaction(spark.table(T), Map.of("partial-progress.max-commits", "1")).run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot compact deleted rows of lake.db.t: ")
        .hasMessageEndingWith("what was committed before stays, call again to continue");

    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
    Awaitility.await().untilAsserted(() -> assertThat(orphans()).isEmpty());
    Files.move(file.resolveSibling("moved"), file);
  }

  @Test
  void interrupt_betweenTwoCommits_leavesNoFileBehindAndTheNextCallContinues() {
    Table table =
        MeddledTable.of(
            spark.table(T),
            rewrite -> {
              rewrite.commit();
              Thread.currentThread().interrupt();
            });
    String answer = spark.answer(T);

    CompletableFuture<Void> run =
        CompletableFuture.runAsync(() -> compaction(table, Map.of()).run());

    assertThatThrownBy(run::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("Cannot compact deleted rows of lake.db.t: cancelled");
    Awaitility.await().untilAsserted(() -> assertThat(orphans()).isEmpty());
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(committed(compaction(spark.table(T), Map.of()).run())).isEqualTo(4);
    assertThat(spark.answer(T)).isEqualTo(answer);
  }

  @Test
  void vectorThatOnlyClaimsEveryRow_isFoundBeforeItsFileIsDropped() {
    Table table = spark.table(T);
    FileScanTask task = firstTask(table);
    DeleteFile old = task.deletes().get(0);
    DeleteFile lie =
        FileMetadata.deleteFileBuilder(task.spec())
            .copy(old)
            .withRecordCount(task.file().recordCount())
            .build();
    table.newRewrite().deleteFile(old).addFile(lie, old.dataSequenceNumber()).commit();
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    assertThatThrownBy(() -> compaction(spark.table(T), Map.of()).run())
        .hasMessageContaining("the manifests say that it deletes all 500 rows")
        .hasMessageContaining("verify_deletion_vectors");

    assertThat(
            spark.sql("SELECT * FROM lake.db.t.snapshots ORDER BY committed_at DESC").stream()
                .anyMatch(row -> row.<Long>getAs("snapshot_id").equals(snapshot)))
        .isTrue();
    assertThat(
            spark.sql(
                "SELECT * FROM lake.db.t.files WHERE file_path = '" + task.file().location() + "'"))
        .hasSize(1);
  }

  private static void removeOneVector() {
    Table table = spark.table(T);
    FileScanTask first = firstTask(table);
    RowDelta delta = table.newRowDelta();
    delta.removeDeletes(first.deletes().get(0));
    delta.commit();
  }

  /** The one with row 0. */
  private static FileScanTask firstTask(Table table) {
    String path = spark.sql("SELECT _file FROM lake.db.t WHERE id = 4").get(0).getString(0);
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (task.file().location().equals(path)) {
          return task;
        }
      }
      throw new AssertionError("no task of " + path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Compaction compaction(Table table, Map<String, String> options) {
    return new Compaction(
        spark.session(),
        Target.main(table),
        PartitionFilter.all(table),
        CompactionOptions.of(options, Map.of()));
  }

  private static long committed(List<CompactionRow> rows) {
    return rows.get(rows.size() - 1).files();
  }

  private static List<Long> ids() {
    return spark.sql("SELECT id FROM lake.db.t ORDER BY id").stream()
        .map(row -> row.getLong(0))
        .toList();
  }

  private static List<Long> expected(Set<Long> deleted) {
    return IntStream.range(0, 4000)
        .mapToObj(i -> (long) i)
        .filter(id -> id % 10 >= 4 && !deleted.contains(id))
        .toList();
  }

  /** Data and Puffin files on disk that no snapshot of the table references. */
  private static Set<String> orphans() {
    Set<String> orphans =
        spark.files(".parquet").stream().map(Path::toString).collect(Collectors.toSet());
    spark.puffins().forEach(path -> orphans.add(path.toString()));
    for (Row row : spark.sql("SELECT DISTINCT file_path FROM lake.db.t.all_files")) {
      orphans.remove(row.getString(0).replaceFirst("^file:/*", "/"));
    }
    return orphans;
  }

  /** A clean failure that is no conflict. */
  private static final class CommitStateCleanException extends RuntimeException
      implements org.apache.iceberg.exceptions.CleanableFailure {
    private static final long serialVersionUID = 1L;
  }
}
