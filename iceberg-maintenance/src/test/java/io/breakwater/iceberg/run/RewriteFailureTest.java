package io.breakwater.iceberg.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.plan.LiveVector;
import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.RewriteOptions;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rewrite that cannot be committed leaves table and directory as they were. */
class RewriteFailureTest {
  private static final String T = "lake.db.t";

  private static LocalSpark spark;
  private int deleted;

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
    spark.createTable(T, 2000, 8, "");
    deleted = spark.scatterDeletes(T, 2000, 8, 12);
  }

  @Test
  void concurrentDelete_betweenPlanAndCommit_isRetriedAndKept() {
    Iterator<Integer> ids = List.of(1200, 1450).iterator();
    Table table =
        meddled(
            () -> {
              if (ids.hasNext()) {
                spark.sql("DELETE FROM lake.db.t WHERE id = " + ids.next());
              }
            });

    RewriteResult.Row row = last(rewrite(table, 3));

    assertThat(row.status()).isEqualTo("rewritten");
    assertThat(row.attempts()).isEqualTo(3);
    assertThat(spark.sql("SELECT count(*) FROM lake.db.t").get(0).getLong(0))
        .isEqualTo(2000 - deleted - 2);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void concurrentDeletes_inEveryAttempt_endInAClearErrorWithoutOrphans() {
    Iterator<Integer> ids = IntStream.iterate(200, id -> id + 250).iterator();
    Table table = meddled(() -> spark.sql("DELETE FROM lake.db.t WHERE id = " + ids.next()));
    Set<Path> before = spark.puffins();

    assertThatThrownBy(() -> rewrite(table, 1))
        .isInstanceOf(CommitFailedException.class)
        .hasMessageContaining("in each of 2 attempts a concurrent commit changed files")
        .hasMessageContaining("conflict-retries");

    assertThat(spark.sql("SELECT count(*) FROM lake.db.t").get(0).getLong(0))
        .isEqualTo(2000 - deleted - 2);
    assertThat(spark.puffins()).hasSize(before.size() + 2);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void concurrentRewriteOfTheDataFiles_leavesNothingToRewrite() {
    Table table =
        meddled(
            () ->
                spark.sql(
                    "CALL lake.system.rewrite_data_files(table => 'db.t', options =>"
                        + " map('delete-file-threshold','1'))"));
    String answer = spark.answer(T);

    RewriteResult.Row row = last(rewrite(table, 3));

    assertThat(row.status()).isEqualTo("nothing to do");
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void commitOfUnknownOutcome_keepsTheNewFilesAndSaysWhich() {
    Table table =
        withCommit(
            rewrite -> {
              rewrite.commit();
              throw new CommitStateUnknownException(new IOException("connection reset"));
            });
    String answer = spark.answer(T);

    assertThatThrownBy(() -> rewrite(table, 3))
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("Cannot tell whether the commit to rewrite deletion vectors of")
        .hasMessageContaining("connection reset")
        .hasMessageContaining("breakwater.commit-id = ");

    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(spark.sql("SELECT DISTINCT file_path FROM lake.db.t.delete_files")).hasSize(1);
  }

  @Test
  void vector_withABadChecksum_isRefusedAndNothingChanges() throws IOException {
    Row vector = vectors().get(0);
    damage(vector, (int) (vector.<Long>getAs("content_size_in_bytes") - 1));

    assertRefused(vector, "checksum");
  }

  @Test
  void vector_withADamagedBitmap_isRefusedAndNothingChanges() throws IOException {
    Row vector = vectors().get(0);
    damage(vector, 20);

    assertRefused(vector, "checksum");
  }

  @Test
  void vector_boundToAnotherDataFileByTheFooter_isRefused() {
    List<Row> vectors = vectors();
    String stranger = vectors.get(1).getAs("referenced_data_file");
    replaceEntry(vectors, stranger, null);

    assertRefused(vectors.get(0), "the footer binds it to data file");
  }

  @Test
  void vector_withAnotherCardinalityInTheManifest_isRefused() {
    List<Row> vectors = vectors();
    replaceEntry(vectors, null, 77L);

    assertRefused(vectors.get(0), "positions, the manifest 77");
  }

  @Test
  void vector_withoutADataFile_leavesTheTable() {
    String gone = vectors().get(0).getAs("referenced_data_file");
    String answer = spark.answer(T);
    dangle(gone);
    assertThat(
            spark
                .tableRow("CALL lake.system.deletion_vector_stats('db.t')")
                .<Long>getAs("dangling_deletion_vector_count"))
        .isEqualTo(1);

    RewriteResult.Row row = last(rewrite(spark.table(T), 0));

    assertThat(row.danglingVectors()).isEqualTo(1);
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(vectors())
        .extracting(v -> v.<String>getAs("referenced_data_file"))
        .doesNotContain("/nowhere.parquet");
  }

  @Test
  void rollback_thatGivesAVectorItsDataFileBack_doesNotLoseItsDeletes() {
    Table real = spark.table(T);
    String answer = spark.answer(T);
    long before = real.currentSnapshot().snapshotId();
    DeleteFile vector = entry(real, vectors().get(0).getAs("referenced_data_file"));
    real.newDelete().deleteFile(vector.referencedDataFile()).commit();
    real.newRowDelta()
        .validateFromSnapshot(real.currentSnapshot().snapshotId())
        .addDeletes(copy(real, vector, vector.referencedDataFile(), vector.recordCount()))
        .commit();
    Iterator<Long> rollback = List.of(before).iterator();
    Table table =
        meddled(
            () -> {
              if (rollback.hasNext()) {
                spark.table(T).manageSnapshots().rollbackTo(rollback.next()).commit();
              }
            });

    RewriteResult.Row row = last(rewrite(table, 3));

    assertThat(row.attempts()).isEqualTo(2);
    assertThat(spark.answer(T)).isEqualTo(answer);
    assertThat(orphans()).isEmpty();
  }

  private void assertRefused(Row vector, String reason) {
    Set<Path> puffins = spark.puffins();
    long snapshot = spark.table(T).currentSnapshot().snapshotId();

    assertThatThrownBy(
            () -> spark.sql("CALL lake.system.rewrite_deletion_vectors(table => 'db.t')"))
        .isInstanceOf(CorruptDeletionVectorException.class)
        .hasMessageContaining("Cannot copy the deletion vector of data file")
        .hasMessageContaining(vector.<String>getAs("file_path"))
        .hasMessageContaining(reason);

    assertThat(spark.puffins()).isEqualTo(puffins);
    assertThat(spark.table(T).currentSnapshot().snapshotId()).isEqualTo(snapshot);
  }

  private void damage(Row vector, int offset) throws IOException {
    Path file = Path.of(path(vector));
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (vector.<Long>getAs("content_offset") + offset)] ^= 0x10;
    Files.write(file, bytes);
    Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  private static String path(Row vector) {
    return vector.<String>getAs("file_path").replaceFirst("^file:/*", "/");
  }

  /** Replaces the first vector's entry by one that contradicts the footer. */
  private void replaceEntry(List<Row> vectors, String dataFile, Long records) {
    Table table = spark.table(T);
    DeleteFile old = entry(table, vectors.get(0).getAs("referenced_data_file"));
    RewriteFiles rewrite = table.newRewrite().deleteFile(old);
    if (dataFile != null) {
      rewrite.deleteFile(entry(table, dataFile));
    }
    rewrite
        .addFile(
            copy(
                table,
                old,
                dataFile == null ? old.referencedDataFile() : dataFile,
                records == null ? old.recordCount() : records),
            old.dataSequenceNumber())
        .commit();
  }

  /** Adds a vector of a data file that never was, in the place of nothing. */
  private void dangle(String like) {
    Table table = spark.table(T);
    DeleteFile old = entry(table, like);
    table
        .newRowDelta()
        .addDeletes(copy(table, old, "/nowhere.parquet", old.recordCount()))
        .commit();
  }

  private static DeleteFile copy(Table table, DeleteFile old, String dataFile, long records) {
    return FileMetadata.deleteFileBuilder(table.spec())
        .ofPositionDeletes()
        .withFormat(FileFormat.PUFFIN)
        .withPath(old.location())
        .withFileSizeInBytes(old.fileSizeInBytes())
        .withReferencedDataFile(dataFile)
        .withContentOffset(old.contentOffset())
        .withContentSizeInBytes(old.contentSizeInBytes())
        .withRecordCount(records)
        .build();
  }

  private static DeleteFile entry(Table table, String dataFile) {
    return TableDeletes.read(Target.main(table)).vectors().stream()
        .map(LiveVector::file)
        .filter(file -> file.referencedDataFile().equals(dataFile))
        .findFirst()
        .orElseThrow();
  }

  private List<Row> vectors() {
    return spark.sql(
        "SELECT file_path, content_offset, content_size_in_bytes, referenced_data_file FROM"
            + " lake.db.t.delete_files ORDER BY referenced_data_file");
  }

  /** Puffin files on disk that no snapshot of the table references. */
  private Set<String> orphans() {
    Set<String> orphans = spark.puffins().stream().map(Path::toString).collect(Collectors.toSet());
    spark
        .sql("SELECT DISTINCT file_path FROM lake.db.t.all_delete_files")
        .forEach(row -> orphans.remove(path(row)));
    return orphans;
  }

  private static RewriteResult rewrite(Table table, int retries) {
    return new VectorRewrite(
            Target.main(table),
            PartitionFilter.all(table),
            RewriteOptions.of(Map.of("conflict-retries", String.valueOf(retries)), Map.of()))
        .run();
  }

  private static RewriteResult.Row last(RewriteResult result) {
    return result.rows().get(result.rows().size() - 1);
  }

  private interface Commit {
    void run(RewriteFiles rewrite);
  }

  /** The real table, but for something that happens between plan and commit. */
  private Table meddled(Runnable meddling) {
    return withCommit(
        rewrite -> {
          meddling.run();
          rewrite.commit();
        });
  }

  private Table withCommit(Commit commit) {
    Table table = spark.table(T);
    return (Table)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Table.class, HasTableOperations.class},
            (proxy, method, arguments) -> {
              Object result = invoke(table, method, arguments);
              return result instanceof RewriteFiles rewrite ? withCommit(rewrite, commit) : result;
            });
  }

  private RewriteFiles withCommit(RewriteFiles rewrite, Commit commit) {
    return (RewriteFiles)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RewriteFiles.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                commit.run(rewrite);
                return null;
              }
              Object result = invoke(rewrite, method, arguments);
              return result == rewrite ? proxy : result;
            });
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
