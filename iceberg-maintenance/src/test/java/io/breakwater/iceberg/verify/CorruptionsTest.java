package io.breakwater.iceberg.verify;

import static io.breakwater.iceberg.verify.DamagedTable.DELETED;
import static io.breakwater.iceberg.verify.DamagedTable.blob;
import static io.breakwater.iceberg.verify.DamagedTable.resealed;
import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.verify.DamagedTable.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Corruptions made by hand, each in a vector of its own, all in one table: a single call finds and
 * names every one, and nothing else; a repair mends those that it says it can, and leaves the rest.
 */
class CorruptionsTest {
  private static final int HEALTHY = 5;
  private static final String CALL =
      "CALL lake.system.verify_deletion_vectors(table => 'db.damaged'%s)";

  private static LocalSpark spark;
  private static DamagedTable damaged;
  private static final Map<String, String> DATA_FILES = new HashMap<>();
  private static List<Row> found;
  private static List<Row> repaired;
  private static List<Row> left;

  /**
   * One corruption.
   *
   * @param name what is wrong
   * @param how damages the vector of a data file; returns the data file by the manifest
   * @param repairable whether a repair mends it
   * @param codes what must be found, no more and no less
   */
  private record Corruption(String name, How how, boolean repairable, Set<Code> codes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface How {
    String damage(DataFile file);
  }

  static Stream<Corruption> corruptions() {
    return Stream.of(inTheFile(), inTheBlob(), inTheFooter(), inTheManifest()).flatMap(all -> all);
  }

  private static Stream<Corruption> inTheFile() {
    return Stream.of(
        one("Puffin gone", CorruptionsTest::withoutPuffin, false, Code.PUFFIN_MISSING),
        bytes(
            "Puffin empty",
            bytes -> new byte[0],
            false,
            Code.PUFFIN_SIZE,
            Code.PUFFIN_FOOTER,
            Code.BLOB_RANGE),
        bytes(
            "Puffin cut in the blob",
            bytes -> Arrays.copyOf(bytes, 20),
            false,
            Code.PUFFIN_SIZE,
            Code.PUFFIN_FOOTER,
            Code.BLOB_RANGE),
        bytes(
            "Puffin cut in the footer",
            bytes -> Arrays.copyOf(bytes, bytes.length - 9),
            true,
            Code.PUFFIN_SIZE,
            Code.PUFFIN_FOOTER),
        bytes(
            "Puffin with more bytes at its end",
            bytes -> Arrays.copyOf(bytes, bytes.length + 9),
            true,
            Code.PUFFIN_SIZE,
            Code.PUFFIN_FOOTER),
        bytes("first byte of the Puffin", flip(0), true, Code.PUFFIN_HEADER),
        bytes("last byte of the Puffin", flip(-1), true, Code.PUFFIN_FOOTER),
        bytes("unknown flags of the footer", flip(-5), true, Code.PUFFIN_FOOTER),
        bytes("length of the footer", flip(-9), true, Code.PUFFIN_FOOTER),
        bytes(
            "negative length of the footer",
            bytes -> filled(bytes, bytes.length - 12),
            true,
            Code.PUFFIN_FOOTER),
        bytes("JSON of the footer", flip(-14), true, Code.PUFFIN_FOOTER),
        bytes("length field of the blob", flip(7), false, Code.BLOB_LENGTH),
        bytes("magic of the blob", flip(8), false, Code.BLOB_MAGIC),
        bytes("a bit of the bitmap", flip(36), false, Code.BLOB_CHECKSUM));
  }

  private static Stream<Corruption> inTheBlob() {
    return Stream.of(
        vector("checksum", v -> v.blob(flip(-1).apply(blob(DELETED))), false, Code.BLOB_CHECKSUM),
        resealedBlob("number of bitmaps", b -> b.putLong(4, Long.MAX_VALUE)),
        resealedBlob("negative number of bitmaps", b -> b.putLong(4, -1)),
        resealedBlob("key of a bitmap", b -> b.putInt(12, Integer.MAX_VALUE)),
        resealedBlob("cookie", b -> b.putInt(16, 77)),
        resealedBlob("number of containers", b -> b.putInt(20, 70_000)),
        resealedBlob("container offset", b -> b.putInt(28, 1000)),
        resealedBlob("values out of order", b -> b.putShort(34, (short) 0)),
        resealedBlob("more values than bytes", b -> b.putShort(26, (short) 900), Code.BLOB_LENGTH),
        vector(
            "42 bytes that make readers run out of memory",
            v -> v.blob(hostile()).recordsEverywhere(1),
            false,
            Code.BLOB_HOSTILE_KEY,
            Code.POSITION_BEYOND_ROWS),
        vector(
            "the same with a wrong checksum",
            v -> v.blob(flip(-1).apply(hostile())).recordsEverywhere(1),
            false,
            Code.BLOB_HOSTILE_KEY,
            Code.BLOB_CHECKSUM),
        vector(
            "a position beyond the rows",
            v -> v.positions(1, 5, 100),
            false,
            Code.POSITION_BEYOND_ROWS));
  }

  private static Stream<Corruption> inTheFooter() {
    return Stream.of(
        vector(
            "cardinality of the footer",
            v -> v.footerCardinality("11"),
            true,
            Code.FOOTER_CARDINALITY),
        vector(
            "no cardinality in the footer",
            v -> v.footerCardinality(null),
            true,
            Code.FOOTER_CARDINALITY),
        vector(
            "type in the footer",
            v -> v.type("apache-datasketches-theta-v1"),
            true,
            Code.FOOTER_TYPE),
        vector(
            "no data file in the footer",
            v -> v.footerDataFile(null),
            true,
            Code.FOOTER_BLOB_MISSING),
        vector(
            "another data file in the footer",
            v -> v.footerDataFile("/other.parquet"),
            false,
            Code.FOOTER_DATA_FILE));
  }

  private static Stream<Corruption> inTheManifest() {
    return Stream.of(
        vector(
            "cardinality of the manifest",
            v -> v.records(11),
            false,
            Code.CARDINALITY,
            Code.FOOTER_CARDINALITY),
        vector(
            "cardinality of manifest and footer",
            v -> v.recordsEverywhere(13),
            false,
            Code.CARDINALITY),
        vector(
            "offset",
            v -> v.offsetShift(1).size(50),
            false,
            Code.FOOTER_BLOB_MISSING,
            Code.FOOTER_DATA_FILE,
            Code.BLOB_LENGTH),
        vector("offset beyond the file", v -> v.offset(1L << 40), false, Code.BLOB_RANGE),
        vector("negative offset", v -> v.offset(-4), false, Code.VECTOR_ENTRY),
        vector("size", v -> v.size(21), false, Code.FOOTER_LENGTH, Code.BLOB_LENGTH),
        vector("size of 2 GB", v -> v.size(Integer.MAX_VALUE), false, Code.BLOB_RANGE),
        vector("size of 8 exabytes", v -> v.size(Long.MAX_VALUE), false, Code.VECTOR_ENTRY),
        one("a data file that never was", CorruptionsTest::dangling, true, Code.VECTOR_DANGLING),
        one(
            "another scheme in the path of the data file",
            CorruptionsTest::otherScheme,
            false,
            Code.VECTOR_PATH),
        one(
            "older than its data file",
            CorruptionsTest::tooOld,
            false,
            Code.VECTOR_OLDER_THAN_DATA),
        one(
            "a younger vector that contains the older",
            file -> twoVectors(file, 1, 5, 9, 20, 50, 51, 52, 53, 54, 55, 56, 57, 58),
            true,
            Code.VECTOR_DOUBLED),
        one(
            "an equal younger vector",
            file -> twoVectors(file, DELETED),
            true,
            Code.VECTOR_DOUBLED),
        one(
            "two vectors, none contains the other",
            file -> twoVectors(file, 2, 3),
            false,
            Code.VECTOR_DOUBLED),
        one(
            "a younger vector that has lost positions",
            file -> twoVectors(file, 1, 5, 9),
            false,
            Code.VECTOR_DOUBLED),
        one(
            "three vectors",
            file -> {
              damaged.addGood(file);
              return twoVectors(file, DELETED);
            },
            false,
            Code.VECTOR_DOUBLED),
        one(
            "the same entry twice",
            file -> damaged.add(damaged.addGood(file)).referencedDataFile(),
            true,
            Code.VECTOR_LISTED_TWICE),
        one(
            "a data file listed twice",
            CorruptionsTest::dataFileTwice,
            false,
            Code.DATA_FILE_LISTED_TWICE,
            Code.VECTOR_OLDER_THAN_DATA));
  }

  @BeforeAll
  static void damageAndCall() {
    spark = LocalSpark.start();
    List<Corruption> all = corruptions().toList();
    damaged = DamagedTable.create(spark, "lake.db.damaged", all.size() + HEALTHY, "");
    List<DataFile> files = damaged.dataFiles();
    for (int i = 0; i < all.size(); i++) {
      DATA_FILES.put(all.get(i).name(), all.get(i).how().damage(files.get(i)));
    }
    files.subList(all.size(), files.size()).forEach(damaged::addGood);
    damaged.commit();
    found = spark.sql(CALL.formatted(""));
    repaired = spark.sql(CALL.formatted(", repair => true"));
    left = spark.sql(CALL.formatted(""));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @ParameterizedTest
  @MethodSource("corruptions")
  void corruption_isFoundAndNamed(Corruption corruption) {
    assertThat(codes(found, corruption))
        .isEqualTo(corruption.codes().stream().map(Code::name).collect(Collectors.toSet()));
    assertThat(of(found, corruption))
        .allSatisfy(
            row -> {
              assertThat(row.<Boolean>getAs("repairable")).isEqualTo(corruption.repairable());
              assertThat(row.<Boolean>getAs("repaired")).isFalse();
              assertThat(row.<String>getAs("problem")).isNotBlank();
              assertThat(row.<String>getAs("remedy")).isNotBlank();
            });
  }

  @ParameterizedTest
  @MethodSource("corruptions")
  void repair_mendsWhatIsProvableAndLeavesTheRest(Corruption corruption) {
    assertThat(of(repaired, corruption))
        .allSatisfy(
            row -> assertThat(row.<Boolean>getAs("repaired")).isEqualTo(corruption.repairable()));
    assertThat(codes(left, corruption))
        .isEqualTo(corruption.repairable() ? Set.of() : codes(found, corruption));
  }

  @Test
  void healthyVectors_besideTheDamagedOnes_areCheckedWithoutAFinding() {
    Set<String> named = new TreeSet<>(DATA_FILES.values());
    List<Corruption> all = corruptions().toList();

    assertThat(found.subList(0, found.size() - 1))
        .extracting(row -> row.<String>getAs("data_file"))
        .allMatch(named::contains);
    Row table = found.get(found.size() - 1);
    assertThat(table.<String>getAs("severity")).isEqualTo("ERROR");
    assertThat(table.<Long>getAs("deletion_vector_count"))
        .isGreaterThanOrEqualTo(all.size() + HEALTHY);
    assertThat(table.<Long>getAs("error_count") + table.<Long>getAs("warning_count"))
        .isEqualTo(found.size() - 1);
  }

  @Test
  void repair_isOneCommitThatKeepsTheGoodVectorOfEachDataFile() {
    Row table = repaired.get(repaired.size() - 1);
    assertThat(table.<Long>getAs("repair_snapshot_id"))
        .isEqualTo(damagedNow().currentSnapshot().snapshotId());
    assertThat(damagedNow().currentSnapshot().parentId())
        .isEqualTo(table.<Long>getAs("snapshot_id"));

    Map<String, List<Row>> vectors =
        spark
            .sql("SELECT referenced_data_file, record_count FROM lake.db.damaged.delete_files")
            .stream()
            .collect(Collectors.groupingBy(row -> row.getString(0)));
    corruptions()
        .filter(Corruption::repairable)
        .forEach(
            corruption -> {
              String dataFile = DATA_FILES.get(corruption.name());
              boolean dangling = corruption.codes().contains(Code.VECTOR_DANGLING);
              assertThat(vectors.getOrDefault(dataFile, List.of()))
                  .as(corruption.name())
                  .hasSize(dangling ? 0 : 1);
            });
  }

  private static org.apache.iceberg.Table damagedNow() {
    damaged.table.refresh();
    return damaged.table;
  }

  private static List<Row> of(List<Row> rows, Corruption corruption) {
    String dataFile = DATA_FILES.get(corruption.name());
    return rows.stream().filter(row -> dataFile.equals(row.getAs("data_file"))).toList();
  }

  private static Set<String> codes(List<Row> rows, Corruption corruption) {
    return of(rows, corruption).stream()
        .map(row -> row.<String>getAs("code"))
        .collect(Collectors.toSet());
  }

  private static Corruption one(String name, How how, boolean repairable, Code... codes) {
    return new Corruption(name, how, repairable, Set.of(codes));
  }

  private static Corruption bytes(
      String name, UnaryOperator<byte[]> change, boolean repairable, Code... codes) {
    return one(
        name,
        file -> {
          DamagedTable.damage(damaged.addGood(file).location(), change);
          return file.location();
        },
        repairable,
        codes);
  }

  private static Corruption vector(
      String name, UnaryOperator<Vector> change, boolean repairable, Code... codes) {
    return one(
        name,
        file -> damaged.add(change.apply(damaged.vector(file)).entry()).referencedDataFile(),
        repairable,
        codes);
  }

  /** A blob with a true checksum on false content. */
  private static Corruption resealedBlob(
      String name, UnaryOperator<ByteBuffer> change, Code... codes) {
    return vector(
        name + " under a true checksum",
        v -> v.blob(resealed(blob(1, 5, 9), change)).recordsEverywhere(3),
        false,
        codes.length == 0 ? new Code[] {Code.BLOB_BITMAP} : codes);
  }

  private static String withoutPuffin(DataFile file) {
    DamagedTable.delete(damaged.addGood(file).location());
    return file.location();
  }

  private static String dangling(DataFile file) {
    return damaged
        .add(damaged.vector(file).manifestDataFile("/nowhere.parquet").entry())
        .referencedDataFile();
  }

  private static String otherScheme(DataFile file) {
    String other = "s3a://" + file.location().replaceFirst("^(file:)?/*", "");
    return damaged.add(damaged.vector(file).manifestDataFile(other).entry()).referencedDataFile();
  }

  private static String tooOld(DataFile file) {
    DeleteFile good = damaged.addGood(file);
    damaged.afterwards(
        () ->
            damaged
                .table
                .newRewrite()
                .deleteFile(good)
                .addFile(damaged.vector(file).entry(), 0)
                .commit());
    return file.location();
  }

  private static String twoVectors(DataFile file, long... second) {
    damaged.addGood(file);
    damaged.add(damaged.vector(file).positions(second).entry());
    return file.location();
  }

  private static String dataFileTwice(DataFile file) {
    damaged.addGood(file);
    damaged.afterwards(() -> damaged.table.newAppend().appendFile(file).commit());
    return file.location();
  }

  /** Position 0 of key 2^31 - 2. */
  private static byte[] hostile() {
    return blob((Integer.MAX_VALUE - 1L) << 32);
  }

  private static UnaryOperator<byte[]> flip(int at) {
    return bytes -> {
      byte[] changed = bytes.clone();
      changed[at < 0 ? bytes.length + at : at] ^= 0x10;
      return changed;
    };
  }

  private static byte[] filled(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN).putInt(at, -1).array();
  }
}
