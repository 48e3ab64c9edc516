package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Writes a blob, container by container in the order of their positions. Each container gets the
 * smallest of the three forms, runs only if they are smaller than the others. Not thread-safe.
 */
final class BlobEncoder {
  private static final int LENGTH_BYTES = 4;
  private static final int CHECKSUM_BYTES = 4;
  private static final int BITMAPS_AT = 16;
  private static final int MAX_BLOB_BYTES = Integer.MAX_VALUE - 8;

  private ByteBuffer blob = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
  private ByteBuffer payload = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
  private long bitmaps;
  private long key = -1;

  private int containers;
  private boolean anyRuns;
  private char[] lows = new char[16];
  private char[] cardinalities = new char[16];
  private boolean[] runs = new boolean[16];
  private int[] offsets = new int[16];

  BlobEncoder() {
    blob.position(BITMAPS_AT);
  }

  /** Adds a container as its bytes. */
  void raw(ContainerCursor container) {
    begin(container.high(), container.cardinality(), container.isRuns());
    ByteBuffer bytes = container.payload();
    payload = withRoom(payload, bytes.remaining()).put(bytes);
  }

  /** Adds a container of ascending values, at most {@value RoaringFormat#MAX_ARRAY} of them. */
  void array(long high, char[] values, int count) {
    int runCount = 1;
    for (int i = 1; i < count; i++) {
      runCount += values[i] == values[i - 1] + 1 ? 0 : 1;
    }
    boolean asRuns = 2 + 4 * runCount < 2 * count;
    begin(high, count, asRuns);
    if (!asRuns) {
      payload = withRoom(payload, 2L * count);
      payload.asCharBuffer().put(values, 0, count);
      payload.position(payload.position() + 2 * count);
      return;
    }
    payload = withRoom(payload, 2 + 4 * runCount).putChar((char) runCount);
    int first = 0;
    for (int i = 1; i <= count; i++) {
      if (i == count || values[i] != values[i - 1] + 1) {
        payload.putChar(values[first]).putChar((char) (i - 1 - first));
        first = i;
      }
    }
  }

  /** Adds a container of 65,536 bits; nothing if none is set. */
  void words(long high, long[] words) {
    int cardinality = 0;
    int runCount = 0;
    long before = 0;
    for (long word : words) {
      cardinality += Long.bitCount(word);
      runCount += Long.bitCount(word & ~(word << 1 | before));
      before = word >>> 63;
    }
    if (cardinality == 0) {
      return;
    }
    int plainBytes = Math.min(2 * cardinality, RoaringFormat.BIT_SET_BYTES);
    boolean asRuns = 2 + 4 * runCount < plainBytes;
    begin(high, cardinality, asRuns);
    payload = withRoom(payload, Math.min(2 + 4 * runCount, plainBytes));
    if (asRuns) {
      putRuns(words, runCount);
    } else if (cardinality <= RoaringFormat.MAX_ARRAY) {
      putArray(words);
    } else {
      payload.asLongBuffer().put(words);
      payload.position(payload.position() + RoaringFormat.BIT_SET_BYTES);
    }
  }

  private void putArray(long[] words) {
    for (int i = 0; i < words.length; i++) {
      for (long bits = words[i]; bits != 0; bits &= bits - 1) {
        payload.putChar((char) (64 * i + Long.numberOfTrailingZeros(bits)));
      }
    }
  }

  private void putRuns(long[] words, int runCount) {
    payload.putChar((char) runCount);
    int first = nextSet(words, 0);
    while (first < 64 * words.length) {
      int end = nextClear(words, first);
      payload.putChar((char) first).putChar((char) (end - 1 - first));
      first = nextSet(words, end);
    }
  }

  private static int nextSet(long[] words, int from) {
    int i = from >>> 6;
    if (i == words.length) {
      return from;
    }
    long word = words[i] & -1L << from;
    while (word == 0 && ++i < words.length) {
      word = words[i];
    }
    return 64 * i + (i == words.length ? 0 : Long.numberOfTrailingZeros(word));
  }

  private static int nextClear(long[] words, int from) {
    int i = from >>> 6;
    long word = ~words[i] & -1L << from;
    while (word == 0 && ++i < words.length) {
      word = ~words[i];
    }
    return 64 * i + (i == words.length ? 0 : Long.numberOfTrailingZeros(word));
  }

  /**
   * The blob, from position 0 to its limit; the encoder cannot be used any more.
   *
   * @throws IllegalArgumentException if it does not fit into 2 GB
   */
  ByteBuffer finish() {
    endBitmap();
    blob = withRoom(blob, CHECKSUM_BYTES);
    int length = blob.position() - LENGTH_BYTES;
    blob.putInt(LENGTH_BYTES, DeletionVector.MAGIC).putLong(LENGTH_BYTES + 4, bitmaps);
    CRC32 crc = new CRC32();
    crc.update(blob.array(), LENGTH_BYTES, length);
    return blob.order(ByteOrder.BIG_ENDIAN).putInt(0, length).putInt((int) crc.getValue()).flip();
  }

  private void begin(long high, int cardinality, boolean asRuns) {
    if (high >>> 32 != key) {
      endBitmap();
      key = high >>> 32;
    }
    if (containers == lows.length) {
      int more = 2 * containers;
      lows = Arrays.copyOf(lows, more);
      cardinalities = Arrays.copyOf(cardinalities, more);
      runs = Arrays.copyOf(runs, more);
      offsets = Arrays.copyOf(offsets, more);
    }
    lows[containers] = (char) (high >>> 16);
    cardinalities[containers] = (char) (cardinality - 1);
    runs[containers] = asRuns;
    offsets[containers] = payload.position();
    anyRuns |= asRuns;
    containers++;
  }

  private void endBitmap() {
    if (containers == 0) {
      return;
    }
    boolean withOffsets = !anyRuns || containers >= RoaringFormat.OFFSETS_FROM_CONTAINERS;
    int flagBytes = anyRuns ? (containers + 7) / 8 : 0;
    int headBytes = (anyRuns ? 4 + flagBytes : 8) + containers * (withOffsets ? 8 : 4);
    blob = withRoom(blob, 4L + headBytes + payload.position());
    blob.putInt((int) key);
    if (anyRuns) {
      blob.putInt((containers - 1) << 16 | RoaringFormat.COOKIE_WITH_RUNS);
      putFlags(flagBytes);
    } else {
      blob.putInt(RoaringFormat.COOKIE_WITHOUT_RUNS).putInt(containers);
    }
    for (int i = 0; i < containers; i++) {
      blob.putChar(lows[i]).putChar(cardinalities[i]);
    }
    for (int i = 0; withOffsets && i < containers; i++) {
      blob.putInt(headBytes + offsets[i]);
    }
    blob.put(payload.flip());
    payload.clear();
    bitmaps++;
    containers = 0;
    anyRuns = false;
  }

  private void putFlags(int flagBytes) {
    int at = blob.position();
    for (int i = 0; i < flagBytes; i++) {
      blob.put((byte) 0);
    }
    for (int i = 0; i < containers; i++) {
      if (runs[i]) {
        blob.put(at + i / 8, (byte) (blob.get(at + i / 8) | 1 << (i % 8)));
      }
    }
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, long bytes) {
    if (buffer.remaining() >= bytes) {
      return buffer;
    }
    long needed = buffer.position() + bytes;
    if (needed > MAX_BLOB_BYTES) {
      throw new IllegalArgumentException(
          "Cannot encode a deletion vector: %d bytes, must be at most %d"
              .formatted(needed, MAX_BLOB_BYTES));
    }
    int capacity = (int) Math.min(MAX_BLOB_BYTES, Math.max(needed, 2L * buffer.capacity()));
    return ByteBuffer.allocate(capacity).order(buffer.order()).put(buffer.flip());
  }
}
