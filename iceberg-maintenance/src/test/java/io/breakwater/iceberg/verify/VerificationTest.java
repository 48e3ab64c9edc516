package io.breakwater.iceberg.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What concerns more than one deletion vector: version 2 deletes, manifests, partitions. */
class VerificationTest {
  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void check_ofAHealthyTable_findsNothingAndCountsEveryVectorAndByte() {
    spark.createTable("lake.db.healthy", 1000, 4, "PARTITIONED BY (part)");
    spark.scatterDeletes("lake.db.healthy", 1000, 4, 3);
    Row expected =
        spark
            .sql("SELECT count(*), sum(content_size_in_bytes) FROM lake.db.healthy.delete_files")
            .get(0);

    List<Row> rows = verify("healthy", "");

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).<String>getAs("severity")).isEqualTo("OK");
    assertThat(rows.get(0).<Long>getAs("deletion_vector_count")).isEqualTo(expected.getLong(0));
    assertThat(rows.get(0).<Long>getAs("checked_bytes_count")).isEqualTo(expected.getLong(1));
  }

  @Test
  void positionDeletes_shadowedByVectorsOfAllTheirDataFiles_areRemovedAndNoAnswerChanges() {
    createVersion2("shadowed");
    spark.sql("DELETE FROM lake.db.shadowed WHERE id IN (3, 103)");
    upgrade("shadowed");
    spark.sql("DELETE FROM lake.db.shadowed WHERE id = 4");
    assertThat(codes(verify("shadowed", ""))).as("one data file still needs it").isEmpty();
    spark.sql("DELETE FROM lake.db.shadowed WHERE id = 104");
    String answer = spark.answer("lake.db.shadowed");

    List<Row> planned = verify("shadowed", ", repair => true, dry_run => true");
    List<Row> repaired = verify("shadowed", ", repair => true");

    assertThat(codes(planned)).containsExactly("DELETES_SHADOWED");
    assertThat(planned.get(0).<Boolean>getAs("repairable")).isTrue();
    assertThat(planned.get(0).<Boolean>getAs("repaired")).isFalse();
    assertThat(repaired.get(0).<Boolean>getAs("repaired")).isTrue();
    assertThat(codes(verify("shadowed", ""))).isEmpty();
    assertThat(spark.answer("lake.db.shadowed")).isEqualTo(answer);
    assertThat(
            spark
                .sql("SELECT DISTINCT file_format FROM lake.db.shadowed.delete_files")
                .get(0)
                .get(0))
        .isEqualTo("PUFFIN");
  }

  @Test
  void positionDeletes_thatAVectorHasLost_areAnErrorAndStay() {
    createVersion2("lost");
    long kept = spark.sql("SELECT _pos FROM lake.db.lost WHERE id = 5").get(0).getLong(0);
    spark.sql("DELETE FROM lake.db.lost WHERE id IN (3, 5, 103)");
    upgrade("lost");
    DamagedTable table = new DamagedTable(spark.table("lake.db.lost"));
    for (DataFile file : table.dataFiles()) {
      table.add(table.vector(file).positions(kept, 99).entry());
    }
    table.commit();

    List<Row> rows = verify("lost", ", repair => true");

    assertThat(codes(rows)).containsExactly("DELETES_LOST");
    assertThat(rows)
        .filteredOn(row -> row.getAs("code") != null)
        .allSatisfy(row -> assertThat(row.<Boolean>getAs("repairable")).isFalse())
        .extracting(row -> row.<String>getAs("problem"))
        .anySatisfy(problem -> assertThat(problem).startsWith("1 of its 2 positions"))
        .anySatisfy(problem -> assertThat(problem).startsWith("1 of its 1 positions"));
  }

  @Test
  void deleteFiles_missingOrOfAnotherSize_areErrors() {
    createVersion2("files");
    spark.sql("DELETE FROM lake.db.files WHERE id = 3");
    spark.sql("DELETE FROM lake.db.files WHERE id = 103");
    List<Row> files = spark.sql("SELECT file_path FROM lake.db.files.delete_files");
    DamagedTable.delete(files.get(0).getString(0));
    DamagedTable.damage(files.get(1).getString(0), bytes -> Arrays.copyOf(bytes, bytes.length - 1));

    assertThat(codes(verify("files", "")))
        .containsExactlyInAnyOrder("DELETE_FILE_MISSING", "DELETE_FILE_SIZE");
  }

  @Test
  void equalityDeletes_olderThanAllData_areRemovedAndYoungerOnesStay() {
    spark.sql(
        "CREATE TABLE lake.db.equality (id BIGINT, part BIGINT, name STRING) USING iceberg"
            + " TBLPROPERTIES ('format-version'='3')");
    Table table = spark.table("lake.db.equality");
    String dangling = equalityDelete(table);
    spark.append("lake.db.equality", 0, 100, 1);
    table.refresh();
    equalityDelete(table);

    List<Row> rows = verify("equality", ", repair => true");

    assertThat(codes(rows)).containsExactly("DELETES_DANGLING");
    assertThat(rows.get(0).<String>getAs("path")).isEqualTo(dangling);
    assertThat(rows.get(0).<Boolean>getAs("repaired")).isTrue();
    assertThat(codes(verify("equality", ""))).isEmpty();
    assertThat(spark.sql("SELECT * FROM lake.db.equality.delete_files")).hasSize(1);
  }

  @Test
  void vector_listedInAnotherPartition_isAnErrorOfItsPartitionOnly() {
    DamagedTable table =
        DamagedTable.create(spark, "lake.db.partitions", 1, "PARTITIONED BY (part)");
    DataFile first = table.dataFiles().get(0);
    DataFile second = table.dataFiles().get(1);
    table.add(table.vector(first).positions(1, 2).partitionOf(second).entry());
    table.commit();
    long partition = second.partition().get(0, Long.class);

    assertThat(codes(verify("partitions", ", where => 'part = %d'".formatted(partition))))
        .containsExactly("VECTOR_PARTITION");
    assertThat(codes(verify("partitions", ", where => 'part = %d'".formatted(1 - partition))))
        .isEmpty();
  }

  @Test
  void blob_sharedByTwoDataFiles_isNamedAndNeitherIsTouched() {
    DamagedTable table = DamagedTable.create(spark, "lake.db.shared", 2, "");
    DeleteFile good = table.addGood(table.dataFiles().get(0));
    table.add(
        FileMetadata.deleteFileBuilder(table.table.spec())
            .copy(good)
            .withReferencedDataFile(table.dataFiles().get(1).location())
            .build());
    table.commit();

    List<Row> rows = verify("shared", ", repair => true");

    assertThat(codes(rows)).containsExactlyInAnyOrder("VECTOR_SHARED", "FOOTER_DATA_FILE");
    assertThat(rows.get(rows.size() - 1).<Boolean>getAs("repaired")).isFalse();
    assertThat(spark.sql("SELECT * FROM lake.db.shared.delete_files")).hasSize(2);
  }

  @Test
  void manifests_thatCannotBeRead_areNamedAndNothingIsConcludedOrRepaired() {
    DamagedTable table = DamagedTable.create(spark, "lake.db.manifests", 2, "");
    table.addGood(table.dataFiles().get(0));
    table.commit();
    table.add(table.vector(table.dataFiles().get(1)).footerCardinality("1").entry());
    table.commit();
    List<ManifestFile> deletes = table.table.currentSnapshot().deleteManifests(table.table.io());
    DamagedTable.delete(
        table.table.currentSnapshot().dataManifests(table.table.io()).get(0).path());

    List<Row> rows = verify("manifests", ", repair => true");

    assertThat(codes(rows)).containsExactlyInAnyOrder("MANIFEST_UNREADABLE", "FOOTER_CARDINALITY");
    assertThat(rows).noneSatisfy(row -> assertThat(row.<Boolean>getAs("repaired")).isTrue());

    DamagedTable.damage(deletes.get(0).path(), bytes -> new byte[] {1, 2, 3});
    assertThat(verify("manifests", ""))
        .filteredOn(row -> "MANIFEST_UNREADABLE".equals(row.getAs("code")))
        .hasSize(2);

    DamagedTable.delete(table.table.currentSnapshot().manifestListLocation());
    assertThat(codes(verify("manifests", ""))).containsExactly("MANIFEST_UNREADABLE");
  }

  @Test
  void findings_moreThanAskedFor_areCountedButNotReturned() {
    DamagedTable table = DamagedTable.create(spark, "lake.db.many", 3, "");
    table.dataFiles().forEach(file -> table.add(table.vector(file).records(11).entry()));
    table.commit();

    List<Row> rows = verify("many", ", options => map('max-findings', '2')");

    assertThat(rows).hasSize(3);
    assertThat(rows.get(2).<Long>getAs("error_count")).isEqualTo(3);
    assertThat(rows.get(2).<Long>getAs("warning_count")).isEqualTo(3);
    assertThat(rows.subList(0, 2)).extracting(row -> row.getAs("severity")).containsOnly("ERROR");
  }

  private static List<Row> verify(String table, String more) {
    return spark.sql(
        "CALL lake.system.verify_deletion_vectors(table => 'db." + table + "'" + more + ")");
  }

  private static Set<String> codes(List<Row> rows) {
    return rows.stream()
        .filter(row -> row.getAs("scope").equals("finding"))
        .map(row -> row.<String>getAs("code"))
        .collect(Collectors.toSet());
  }

  private static void createVersion2(String table) {
    spark.sql(
        "CREATE TABLE lake.db."
            + table
            + " (id BIGINT, part BIGINT, name STRING) USING iceberg TBLPROPERTIES"
            + " ('format-version'='2','write.delete.mode'='merge-on-read',"
            + "'write.delete.granularity'='partition','write.distribution-mode'='none')");
    spark.append("lake.db." + table, 0, 200, 2);
  }

  private static void upgrade(String table) {
    spark.sql("ALTER TABLE lake.db." + table + " SET TBLPROPERTIES ('format-version'='3')");
  }

  /** Adds a delete file whose content nobody reads here. */
  private static String equalityDelete(Table table) {
    String location = table.locationProvider().newDataLocation("equality-" + System.nanoTime());
    try (OutputStream output = table.io().newOutputFile(location).create()) {
      output.write(new byte[100]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    table
        .newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(table.spec())
                .ofEqualityDeletes(1)
                .withFormat(FileFormat.PARQUET)
                .withPath(location)
                .withFileSizeInBytes(100)
                .withRecordCount(1)
                .build())
        .commit();
    return location;
  }
}
