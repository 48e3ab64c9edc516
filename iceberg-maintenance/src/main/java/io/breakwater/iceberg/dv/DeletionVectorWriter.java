package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Collects positions, in any order and as often as they come, and writes them as a deletion vector
 * in the layout of {@link DeletionVector}. Ascending positions are the fastest.
 *
 * <p>Memory: 2 bytes per position, at most 8 KiB per block of 65,536 positions. Not thread-safe.
 */
public final class DeletionVectorWriter {
  private static final long MAX_POSITION = (DeletionVector.MAX_KEY + 1L) << 32;

  private final Map<Long, Values> blocks = new HashMap<>();
  private long high = -1;
  private Values values;

  /**
   * Adds a position.
   *
   * @param position the number of a row in its data file, from 0
   * @throws IllegalArgumentException if it is negative or its high 32 bits are above 2^31 - 2
   */
  public void add(long position) {
    if (position < 0 || position >= MAX_POSITION) {
      throw new IllegalArgumentException(
          "Invalid position: %d, must be from 0 to %d".formatted(position, MAX_POSITION - 1));
    }
    long block = position & -1L << 16;
    if (block != high) {
      high = block;
      values = blocks.computeIfAbsent(block, absent -> new Values());
    }
    values.add((char) position);
  }

  /** Whether no position was added. */
  public boolean isEmpty() {
    return blocks.isEmpty();
  }

  /**
   * The blob of the positions so far.
   *
   * @return a heap buffer from position 0 to its limit, big-endian
   * @throws IllegalArgumentException if it does not fit into 2 GB
   */
  public ByteBuffer toBlob() {
    long[] highs = blocks.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    BlobEncoder encoder = new BlobEncoder();
    for (long block : highs) {
      blocks.get(block).encode(block, encoder);
    }
    return encoder.finish();
  }

  /** The low 16 bits of positions: ascending in an array while they are few, then as bits. */
  private static final class Values {
    private char[] array = new char[4];
    private int count;
    private long[] words;

    void add(char value) {
      if (words != null) {
        words[value >>> 6] |= 1L << value;
      } else if (count == 0 || value > array[count - 1]) {
        insert(count, value);
      } else {
        int found = Arrays.binarySearch(array, 0, count, value);
        if (found < 0) {
          insert(-found - 1, value);
        }
      }
    }

    private void insert(int at, char value) {
      if (count == RoaringFormat.MAX_ARRAY) {
        words = new long[RoaringFormat.WORDS];
        for (char low : array) {
          words[low >>> 6] |= 1L << low;
        }
        array = null;
        words[value >>> 6] |= 1L << value;
        return;
      }
      if (count == array.length) {
        array = Arrays.copyOf(array, 2 * count);
      }
      System.arraycopy(array, at, array, at + 1, count - at);
      array[at] = value;
      count++;
    }

    void encode(long high, BlobEncoder encoder) {
      if (words != null) {
        encoder.words(high, words);
      } else {
        encoder.array(high, array, count);
      }
    }
  }
}
