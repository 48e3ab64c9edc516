package io.breakwater.iceberg.dv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * The codec reads what Iceberg and the RoaringBitmap library write, and copies it byte for byte.
 */
class DeletionVectorTest {

  @Property(tries = 300)
  void validate_ofWhatIcebergWrites_knowsCardinalityAndLastPosition(
      @ForAll("positions") SortedSet<Long> positions) {
    ByteBuffer blob = Positions.iceberg(positions);
    long last = positions.stream().mapToLong(Long::longValue).max().orElse(-1);

    DeletionVector vector = DeletionVector.validate(blob);

    assertThat(vector)
        .isEqualTo(new DeletionVector(blob.remaining(), positions.size(), last, (int) (last >> 32)))
        .isEqualTo(DeletionVector.validateContents(blob));
  }

  @Property(tries = 300)
  void validate_ofWhatRoaringBitmapWrites_knowsCardinalityAndLastPosition(
      @ForAll("positions") SortedSet<Long> positions,
      @ForAll @IntRange(max = 0x7FFFFFF0) int firstKey) {
    TreeSet<Long> shifted = new TreeSet<>();
    positions.forEach(position -> shifted.add(position + ((long) firstKey << 32)));
    byte[] blob = Blobs.of(shifted.stream().mapToLong(Long::longValue));

    assertThat(DeletionVector.validateContents(ByteBuffer.wrap(blob)))
        .isEqualTo(
            new DeletionVector(
                blob.length,
                positions.size(),
                shifted.isEmpty() ? -1 : shifted.last(),
                shifted.isEmpty() ? -1 : (int) (shifted.last() >> 32)));
  }

  @Property(tries = 100)
  void copy_intoAnyBuffer_isTheSameBytesAndLeavesTheSourceAlone(
      @ForAll("positions") SortedSet<Long> positions, @ForAll boolean direct) {
    ByteBuffer written = Positions.iceberg(positions);
    ByteBuffer blob =
        direct
            ? ByteBuffer.allocateDirect(written.remaining() + 7)
            : ByteBuffer.allocate(written.remaining() + 7);
    blob.position(3).put(written.duplicate()).flip().position(3).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer target = ByteBuffer.allocate(written.remaining() + 5);
    target.position(5);

    DeletionVector vector = DeletionVector.copy(blob.asReadOnlyBuffer(), target);
    DeletionVector again = DeletionVector.copy(blob, target.position(5));

    assertThat(vector).isEqualTo(again);
    assertThat(target.flip().position(5)).isEqualTo(written);
    assertThat(blob.position()).isEqualTo(3);
    assertThat(blob.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
  }

  @Example
  void copy_ofADamagedBlob_writesNothing() {
    byte[] blob = Blobs.of(LongStream.of(1, 2, 3));
    blob[blob.length - 1] ^= 1;
    ByteBuffer target = ByteBuffer.allocate(1000);

    assertThatThrownBy(() -> DeletionVector.copy(ByteBuffer.wrap(blob), target))
        .isInstanceOf(InvalidDeletionVectorException.class)
        .hasMessageContaining("checksum");
    assertThat(target.position()).isZero();
  }

  @Example
  void validate_ofTheLargestPosition_isExact() {
    long last = (((long) Integer.MAX_VALUE - 1) << 32) | 0xFFFFFFFFL;

    assertThat(DeletionVector.validate(ByteBuffer.wrap(Blobs.of(LongStream.of(0, last)))))
        .extracting(DeletionVector::cardinality, DeletionVector::lastPosition)
        .containsExactly(2L, last);
  }

  @Provide
  Arbitrary<SortedSet<Long>> positions() {
    return Positions.upTo(3L << 32);
  }
}
