package io.breakwater.iceberg.dv;

import io.breakwater.iceberg.dv.InvalidDeletionVectorException.Fault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * What a deletion-vector blob says about itself, read without building a bitmap.
 *
 * <p>A blob, from its first byte ({@code deletion-vector-v1} of the Puffin specification):
 *
 * <pre>
 * offset  bytes  order  content
 * 0       4      BE     length of magic + bitmap, that is the size of the blob - 8
 * 4       4      -      magic D1 D3 39 64
 * 8       8      LE     number n of 32-bit bitmaps
 * 16      ...           n times, by ascending key:
 *         4      LE       key: the high 32 bits of the positions, 0 to 2^31 - 2
 *         ...    LE       the low 32 bits, a Roaring bitmap in its portable format
 * size-4  4      BE     CRC-32 of magic + bitmap (everything between the two lengths above)
 * </pre>
 *
 * <p>The blob does not hold the path of its data file, so a copy of its bytes into another Puffin
 * file is the same deletion vector; only the footer and the manifest entry change.
 *
 * <p>Nothing is allocated in proportion to what the bytes claim: hostile counts, keys and offsets
 * end in an {@link InvalidDeletionVectorException}. The methods are thread-safe and leave position,
 * limit and order of the given buffer as they were. Heap, direct and read-only buffers all do.
 *
 * @param sizeInBytes the size of the whole blob
 * @param cardinality how many positions are deleted
 * @param lastPosition the largest deleted position, -1 if there is none
 * @param lastKey the largest key, also of an empty bitmap, -1 if there is none; stock readers
 *     allocate a bitmap for each key up to it
 */
public record DeletionVector(int sizeInBytes, long cardinality, long lastPosition, int lastKey) {

  static final int MAGIC = 0x6439D3D1;
  private static final int LENGTH_BYTES = 4;
  private static final int CHECKSUM_BYTES = 4;
  private static final int BITMAPS_AT = LENGTH_BYTES + 4 + 8;
  private static final int MIN_BYTES = BITMAPS_AT + CHECKSUM_BYTES;
  private static final int MIN_BITMAP_BYTES = 4 + 8;
  static final int MAX_KEY = Integer.MAX_VALUE - 1;

  /**
   * Checks length, magic, checksum, keys, container headers, container offsets and runs; the values
   * inside array and bit-set containers are vouched for by the checksum alone. The time is that of
   * the checksum plus a few nanoseconds per container.
   *
   * @param blob the blob from its position to its limit
   * @throws InvalidDeletionVectorException if the bytes break a promise of the format
   */
  public static DeletionVector validate(ByteBuffer blob) {
    return read(blob, false);
  }

  /**
   * Checks what {@link #validate} does and also each value of each container: ascending arrays, bit
   * sets with as many bits as announced. This finds a writer that put a good checksum on bad
   * values.
   *
   * @param blob the blob from its position to its limit
   * @throws InvalidDeletionVectorException if the bytes break a promise of the format
   */
  public static DeletionVector validateContents(ByteBuffer blob) {
    return read(blob, true);
  }

  /**
   * {@link #validate}s the blob and appends its bytes to {@code target}.
   *
   * @param blob the blob from its position to its limit
   * @param target where the bytes go; its position moves by the size of the blob
   * @throws InvalidDeletionVectorException if the bytes break a promise of the format; nothing was
   *     written then
   * @throws java.nio.BufferOverflowException if the target has not enough room
   */
  public static DeletionVector copy(ByteBuffer blob, ByteBuffer target) {
    DeletionVector vector = validate(blob);
    target.put(blob.duplicate());
    return vector;
  }

  /**
   * The highest key that a reader meets which does not look at the checksum first. Such a reader
   * allocates a bitmap for every key up to it.
   *
   * @param blob the blob from its position to its limit, damaged or not
   * @return -1 if there is no key to read
   */
  public static int claimedKey(ByteBuffer blob) {
    ByteBuffer bytes = blob.slice().order(ByteOrder.LITTLE_ENDIAN);
    int end = bytes.remaining() - CHECKSUM_BYTES;
    int highest = -1;
    if (end < BITMAPS_AT) {
      return highest;
    }
    RoaringWalk walk = new RoaringWalk(bytes, end, false);
    long bitmaps = bytes.getLong(LENGTH_BYTES + 4);
    int at = BITMAPS_AT;
    try {
      for (long i = 0; i < bitmaps; i++) {
        walk.require(at, 4, "a bitmap key");
        int key = bytes.getInt(at);
        if (key <= highest || key > MAX_KEY) {
          return highest;
        }
        highest = key;
        at = walk.bitmap(at + 4);
      }
    } catch (InvalidDeletionVectorException e) {
      return highest;
    }
    return highest;
  }

  private static DeletionVector read(ByteBuffer blob, boolean contents) {
    ByteBuffer bytes = blob.slice();
    int size = bytes.remaining();
    checkEnvelope(bytes, size);

    bytes.order(ByteOrder.LITTLE_ENDIAN);
    int end = size - CHECKSUM_BYTES;
    long bitmaps = bytes.getLong(LENGTH_BYTES + 4);
    if (bitmaps < 0 || bitmaps > (end - BITMAPS_AT) / MIN_BITMAP_BYTES) {
      throw new InvalidDeletionVectorException(
          Fault.BITMAP_COUNT,
          "%s bitmaps in %d bytes".formatted(Long.toUnsignedString(bitmaps), end - BITMAPS_AT));
    }

    RoaringWalk walk = new RoaringWalk(bytes, end, contents);
    long cardinality = 0;
    long last = -1;
    int previousKey = -1;
    int at = BITMAPS_AT;
    for (long i = 0; i < bitmaps; i++) {
      walk.require(at, 4, "a bitmap key");
      int key = bytes.getInt(at);
      if (key <= previousKey || key > MAX_KEY) {
        throw new InvalidDeletionVectorException(
            Fault.BITMAP_KEY,
            "bitmap key %s after %d, must ascend and be at most %d"
                .formatted(Integer.toUnsignedString(key), previousKey, MAX_KEY));
      }
      previousKey = key;
      at = walk.bitmap(at + 4);
      cardinality += walk.cardinality();
      if (walk.cardinality() > 0) {
        last = ((long) key << 32) | walk.last();
      }
    }
    if (at != end) {
      throw new InvalidDeletionVectorException(
          Fault.LENGTH, "%d bytes after the last bitmap".formatted(end - at));
    }
    return new DeletionVector(size, cardinality, last, previousKey);
  }

  private static void checkEnvelope(ByteBuffer bytes, int size) {
    if (size < MIN_BYTES) {
      throw new InvalidDeletionVectorException(
          Fault.LENGTH, "%d bytes, must be at least %d".formatted(size, MIN_BYTES));
    }
    int expected = size - LENGTH_BYTES - CHECKSUM_BYTES;
    int length = bytes.getInt(0);
    if (length != expected) {
      throw new InvalidDeletionVectorException(
          Fault.LENGTH,
          "length field %s in a blob of %d bytes, must be %d"
              .formatted(Integer.toUnsignedString(length), size, expected));
    }
    int magic = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(LENGTH_BYTES);
    if (magic != MAGIC) {
      throw new InvalidDeletionVectorException(
          Fault.MAGIC, "magic %08x, must be %08x".formatted(magic, MAGIC));
    }
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(LENGTH_BYTES, expected));
    int checksum = bytes.order(ByteOrder.BIG_ENDIAN).getInt(size - CHECKSUM_BYTES);
    if (checksum != (int) crc.getValue()) {
      throw new InvalidDeletionVectorException(
          Fault.CHECKSUM,
          "checksum %08x, but the bytes have %08x".formatted(checksum, (int) crc.getValue()));
    }
  }
}
