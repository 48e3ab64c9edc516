package io.breakwater.iceberg.dv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.breakwater.iceberg.dv.InvalidDeletionVectorException.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.roaringbitmap.RoaringBitmap;

/** Whatever the bytes are, the codec ends with its own exception or a true answer, and soon. */
class HostileBlobTest {
  /** Two keys; arrays, runs and a bit set. */
  private static final byte[] GOOD =
      Blobs.of(
          Stream.of(
                  LongStream.of(1, 5, 9, 70_000),
                  LongStream.range(200_000, 203_000),
                  LongStream.range(0, 6_000).map(i -> 400_000 + 5 * i),
                  LongStream.range(1L << 32, (1L << 32) + 9))
              .flatMapToLong(s -> s));

  @Property(tries = 500)
  void validate_ofATruncatedBlob_fails(@ForAll @IntRange(max = 1_000_000) int choice) {
    byte[] blob = Arrays.copyOf(GOOD, choice % GOOD.length);

    assertThatThrownBy(() -> DeletionVector.validate(ByteBuffer.wrap(blob)))
        .isInstanceOfSatisfying(
            InvalidDeletionVectorException.class,
            e -> assertThat(e.fault()).isEqualTo(Fault.LENGTH));
  }

  @Property(tries = 2000)
  void validate_ofABlobWithOneFlippedBit_fails(@ForAll @IntRange(max = 100_000_000) int choice) {
    byte[] blob = GOOD.clone();
    int bit = choice % (8 * blob.length);
    blob[bit / 8] ^= (byte) (1 << (bit % 8));

    assertThatThrownBy(() -> DeletionVector.validate(ByteBuffer.wrap(blob)))
        .isInstanceOf(InvalidDeletionVectorException.class);
  }

  @Property(tries = 500)
  void validate_ofArbitraryBytes_fails(@ForAll @Size(max = 200) byte[] body) {
    assertThatThrownBy(() -> DeletionVector.validate(ByteBuffer.wrap(body)))
        .isInstanceOf(InvalidDeletionVectorException.class);
  }

  /** The checksum is true here, so that the structure alone has to be checked. */
  @Property(tries = 5000)
  void validateContents_ofADamagedBodyWithTrueChecksum_failsOrAgreesWithRoaringBitmap(
      @ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] body = Arrays.copyOfRange(GOOD, 4, GOOD.length - 4);
    if (random.nextInt(4) == 0) {
      body = Arrays.copyOf(body, 4 + random.nextInt(body.length + 20));
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = 4 + random.nextInt(Math.min(body.length, 200) - 3);
      body[Math.min(at, body.length - 1)] = (byte) random.nextInt(256);
    }
    byte[] blob = Blobs.enclose(body);

    Throwable failure =
        catchThrowable(() -> DeletionVector.validateContents(ByteBuffer.wrap(blob)));

    if (failure == null) {
      assertThat(DeletionVector.validate(ByteBuffer.wrap(blob)))
          .isEqualTo(decodedByTheLibrary(blob));
    } else {
      assertThat(failure).isInstanceOf(InvalidDeletionVectorException.class);
    }
  }

  @Example
  void validate_ofAKeyThatMakesReadersAllocate2GiEntries_isJustRead() {
    RoaringBitmap one = RoaringBitmap.bitmapOf(7);
    byte[] blob = Blobs.of(Map.of(Integer.MAX_VALUE - 1, one));

    assertThat(DeletionVector.validate(ByteBuffer.wrap(blob)).cardinality()).isEqualTo(1);
  }

  @Example
  void validate_ofHostileCounts_namesTheFault() {
    assertFault(body().putLong(Long.MAX_VALUE).putInt(0), Fault.BITMAP_COUNT);
    assertFault(body().putLong(-1).putInt(0), Fault.BITMAP_COUNT);
    assertFault(body().putLong(1).putInt(-1).putInt(12346).putInt(0), Fault.BITMAP_KEY);
    assertFault(
        body().putLong(1).putInt(Integer.MAX_VALUE).putInt(12346).putInt(0), Fault.BITMAP_KEY);
    assertFault(body().putLong(1).putInt(0).putInt(99).putInt(0), Fault.COOKIE);
    assertFault(body().putLong(1).putInt(0).putInt(12346).putInt(65537), Fault.CONTAINER_COUNT);
    assertFault(body().putLong(1).putInt(0).putInt(12346).putInt(-1), Fault.CONTAINER_COUNT);
    assertFault(body().putLong(1).putInt(0).putInt(12346).putInt(65536), Fault.LENGTH);
    assertFault(body().putLong(1).putInt(0).putInt(0xFFFF0000 | 12347).putInt(0), Fault.LENGTH);
    assertFault(body().putLong(1).putInt(0).putInt(12346).putInt(0).putInt(0), Fault.LENGTH);
    assertFault(
        body()
            .putLong(1)
            .putInt(0)
            .putInt(12346)
            .putInt(1)
            .putInt(0)
            .putInt(15)
            .putShort((short) 3),
        Fault.CONTAINER_OFFSET);
    assertFault(
        body().putLong(2).putInt(3).putInt(12346).putInt(0).putInt(3).putInt(12346).putInt(0),
        Fault.BITMAP_KEY);
    ByteBuffer wrongMagic = body().putLong(0);
    wrongMagic.put(0, (byte) 0);
    assertFault(wrongMagic, Fault.MAGIC);
  }

  @Example
  void validateContents_ofUnsortedValuesUnderATrueChecksum_namesTheFault() {
    byte[] blob =
        Blobs.enclose(
            bytes(
                body()
                    .putLong(1)
                    .putInt(0)
                    .putInt(12346)
                    .putInt(1)
                    .putShort((short) 0)
                    .putShort((short) 1)
                    .putInt(16)
                    .putShort((short) 9)
                    .putShort((short) 4)));

    assertThat(DeletionVector.validate(ByteBuffer.wrap(blob)).cardinality()).isEqualTo(2);
    assertThatThrownBy(() -> DeletionVector.validateContents(ByteBuffer.wrap(blob)))
        .hasMessage("Invalid deletion vector: array value 4 after 9");
  }

  private static ByteBuffer body() {
    return ByteBuffer.allocate(200)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0xD1, (byte) 0xD3, 0x39, 0x64});
  }

  private static byte[] bytes(ByteBuffer body) {
    ByteBuffer written = body.duplicate().flip();
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return bytes;
  }

  private static void assertFault(ByteBuffer body, Fault fault) {
    assertThatThrownBy(() -> DeletionVector.validate(ByteBuffer.wrap(Blobs.enclose(bytes(body)))))
        .isInstanceOfSatisfying(
            InvalidDeletionVectorException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }

  private static DeletionVector decodedByTheLibrary(byte[] blob) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    long bitmaps = bytes.getLong(8);
    bytes.position(16);
    long cardinality = 0;
    long last = -1;
    int key = -1;
    for (long i = 0; i < bitmaps; i++) {
      key = bytes.getInt();
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.deserialize(bytes);
      bytes.position(bytes.position() + bitmap.serializedSizeInBytes());
      cardinality += bitmap.getLongCardinality();
      if (!bitmap.isEmpty()) {
        last = ((long) key << 32) | Integer.toUnsignedLong(bitmap.last());
      }
    }
    return new DeletionVector(blob.length, cardinality, last, key);
  }
}
