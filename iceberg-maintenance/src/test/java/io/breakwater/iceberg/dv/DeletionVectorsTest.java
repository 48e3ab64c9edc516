package io.breakwater.iceberg.dv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.roaringbitmap.RoaringBitmap;

/** What we write is what Iceberg writes, and a union is that of the sets. */
class DeletionVectorsTest {
  private static final long ONE_BITMAP = (1L << 32) - 1;

  @Property(tries = 300)
  void writer_ofPositionsBelow2To32_writesTheBytesOfIceberg(
      @ForAll("small") SortedSet<Long> positions, @ForAll long seed) {
    List<Long> shuffled = new ArrayList<>(positions);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(ours(positions)).isEqualTo(Positions.iceberg(positions));
    assertThat(ours(shuffled)).isEqualTo(Positions.iceberg(positions));
  }

  @Property(tries = 200)
  void writer_ofAnyPositions_givesThemBackWithoutEmptyBitmaps(
      @ForAll("large") SortedSet<Long> positions) {
    ByteBuffer blob = ours(positions);

    assertThat(Positions.of(blob)).isEqualTo(List.copyOf(positions));
    assertThat(blob).isEqualTo(ByteBuffer.wrap(Blobs.of(longs(positions))));
  }

  @Property(tries = 200)
  void forEach_ofWhatIcebergWrites_givesThePositionsAscending(
      @ForAll("large") SortedSet<Long> positions) {
    assertThat(Positions.of(Positions.iceberg(positions))).isEqualTo(List.copyOf(positions));
  }

  @Property(tries = 200)
  void or_ofManyVectors_isTheUnion(
      @ForAll @Size(max = 6) List<@From("large") SortedSet<Long>> sets) {
    TreeSet<Long> union = new TreeSet<>();
    sets.forEach(union::addAll);
    List<ByteBuffer> blobs = sets.stream().map(Positions::iceberg).toList();

    ByteBuffer or = DeletionVectors.or(blobs);

    assertThat(Positions.of(or)).isEqualTo(List.copyOf(union));
    assertThat(DeletionVector.validateContents(or).cardinality()).isEqualTo(union.size());
    assertThat(blobs).allSatisfy(blob -> assertThat(blob.position()).isZero());
  }

  @Property(tries = 200)
  void or_ofDenseVectors_writesTheBytesOfIceberg(
      @ForAll("dense") SortedSet<Long> first, @ForAll("dense") SortedSet<Long> second) {
    TreeSet<Long> union = new TreeSet<>(first);
    union.addAll(second);

    assertThat(DeletionVectors.or(List.of(Positions.iceberg(first), Positions.iceberg(second))))
        .isEqualTo(Positions.iceberg(union));
  }

  @Example
  void or_ofNothing_isTheEmptyVector() {
    ByteBuffer empty = DeletionVectors.or(List.of());

    assertThat(DeletionVector.validateContents(empty)).isEqualTo(new DeletionVector(20, 0, -1, -1));
    assertThat(DeletionVectors.or(List.of(empty, empty))).isEqualTo(empty);
  }

  @Example
  void or_withADamagedVector_namesTheFault() {
    byte[] blob = Blobs.of(LongStream.of(1, 2, 3));
    blob[20] ^= 1;

    assertThatThrownBy(() -> DeletionVectors.or(List.of(ours(List.of(7L)), ByteBuffer.wrap(blob))))
        .isInstanceOf(InvalidDeletionVectorException.class)
        .hasMessageContaining("checksum");
  }

  @Example
  void or_ofSmallBytesThatClaimManyPositions_needsMemoryForTheBytesOnly() {
    RoaringBitmap all = new RoaringBitmap();
    all.add(0L, 1L << 32);
    ByteBuffer everything =
        ByteBuffer.wrap(Blobs.of(new TreeMap<>(Map.of(0, all, 1, all, 2, all))));

    ByteBuffer or = DeletionVectors.or(List.of(everything, everything, ours(List.of(5L))));

    assertThat(or).isEqualTo(everything);
    assertThat(DeletionVector.validate(or).cardinality()).isEqualTo(3L << 32);
  }

  @Example
  void writer_ofPositionsOutOfRange_saysTheBound() {
    DeletionVectorWriter writer = new DeletionVectorWriter();
    long max = ((Integer.MAX_VALUE - 1L) << 32) | 0xFFFFFFFFL;
    writer.add(max);

    assertThat(DeletionVector.validate(writer.toBlob()).lastPosition()).isEqualTo(max);
    assertThatThrownBy(() -> writer.add(-1))
        .hasMessage("Invalid position: -1, must be from 0 to " + max);
    assertThatThrownBy(() -> writer.add(max + 1)).hasMessageContaining("must be from 0 to");
  }

  @Provide
  Arbitrary<SortedSet<Long>> small() {
    return Positions.upTo(ONE_BITMAP - 40_000);
  }

  @Provide
  Arbitrary<SortedSet<Long>> large() {
    return Positions.upTo(3L << 32);
  }

  @Provide
  Arbitrary<SortedSet<Long>> dense() {
    return Positions.upTo(150_000);
  }

  private static ByteBuffer ours(Iterable<Long> positions) {
    DeletionVectorWriter writer = new DeletionVectorWriter();
    positions.forEach(writer::add);
    return writer.toBlob();
  }

  private static LongStream longs(SortedSet<Long> positions) {
    return positions.stream().mapToLong(Long::longValue);
  }
}
