package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/**
 * Goes over the containers of a blob in the order of their positions. The blob must have passed
 * {@link DeletionVector#validateContents}: nothing is checked here. Not thread-safe.
 */
final class ContainerCursor {
  /** What {@link #high} is after the last container: larger than that of any container. */
  static final long END = Long.MAX_VALUE;

  private static final int COUNT_AT = 8;
  private static final int BITMAPS_AT = 16;

  private enum Type {
    ARRAY,
    BIT_SET,
    RUNS
  }

  private final ByteBuffer bytes;
  private long bitmapsLeft;
  private int containersLeft;
  private long key;
  private int runFlags;
  private int header;
  private int index;

  private long high;
  private Type type;
  private int cardinality;
  private int at;
  private int end = BITMAPS_AT;

  ContainerCursor(ByteBuffer blob) {
    this.bytes = blob.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.bitmapsLeft = bytes.getLong(COUNT_AT);
    next();
  }

  /** The positions of this container with zeros for their low 16 bits, {@link #END} at the end. */
  long high() {
    return high;
  }

  int cardinality() {
    return cardinality;
  }

  boolean isArray() {
    return type == Type.ARRAY;
  }

  boolean isRuns() {
    return type == Type.RUNS;
  }

  /** The bytes of this container. */
  ByteBuffer payload() {
    return bytes.slice(at, end - at);
  }

  void next() {
    while (containersLeft == 0) {
      if (bitmapsLeft == 0) {
        high = END;
        return;
      }
      nextBitmap();
    }
    high = key << 32 | (long) unsignedShort(header) << 16;
    cardinality = unsignedShort(header + 2) + 1;
    boolean runs = runFlags >= 0 && (bytes.get(runFlags + index / 8) >> (index % 8) & 1) == 1;
    type = runs ? Type.RUNS : cardinality <= RoaringFormat.MAX_ARRAY ? Type.ARRAY : Type.BIT_SET;
    at = end;
    end +=
        switch (type) {
          case ARRAY -> 2 * cardinality;
          case BIT_SET -> RoaringFormat.BIT_SET_BYTES;
          case RUNS -> 2 + 4 * unsignedShort(at);
        };
    header += 4;
    index++;
    containersLeft--;
  }

  private void nextBitmap() {
    key = bytes.getInt(end);
    int start = end + 4;
    int cookie = bytes.getInt(start);
    boolean runs = (cookie & 0xFFFF) == RoaringFormat.COOKIE_WITH_RUNS;
    containersLeft = runs ? (cookie >>> 16) + 1 : bytes.getInt(start + 4);
    runFlags = runs ? start + 4 : -1;
    header = runs ? runFlags + (containersLeft + 7) / 8 : start + 8;
    boolean offsets = !runs || containersLeft >= RoaringFormat.OFFSETS_FROM_CONTAINERS;
    end = header + containersLeft * (offsets ? 8 : 4);
    index = 0;
    bitmapsLeft--;
  }

  /** Hands the positions of this container to {@code consumer}, ascending. */
  void forEach(LongConsumer consumer) {
    switch (type) {
      case ARRAY -> {
        for (int value = at; value < end; value += 2) {
          consumer.accept(high | unsignedShort(value));
        }
      }
      case RUNS -> {
        for (int run = at + 2; run < end; run += 4) {
          long first = high | unsignedShort(run);
          long last = first + unsignedShort(run + 2);
          for (long position = first; position <= last; position++) {
            consumer.accept(position);
          }
        }
      }
      case BIT_SET -> {
        for (int word = 0; word < RoaringFormat.WORDS; word++) {
          for (long bits = bytes.getLong(at + 8 * word); bits != 0; bits &= bits - 1) {
            consumer.accept(high | 64L * word | Long.numberOfTrailingZeros(bits));
          }
        }
      }
    }
  }

  /** Copies the low 16 bits of this array container to {@code values} from {@code from} on. */
  void copyArray(char[] values, int from) {
    bytes
        .slice(at, end - at)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asCharBuffer()
        .get(values, from, cardinality);
  }

  /** Sets the low 16 bits of the positions of this container in {@code words}. */
  void orInto(long[] words) {
    switch (type) {
      case ARRAY -> {
        for (int value = at; value < end; value += 2) {
          int low = unsignedShort(value);
          words[low >>> 6] |= 1L << low;
        }
      }
      case RUNS -> {
        for (int run = at + 2; run < end; run += 4) {
          int first = unsignedShort(run);
          set(words, first, first + unsignedShort(run + 2));
        }
      }
      case BIT_SET -> {
        for (int word = 0; word < RoaringFormat.WORDS; word++) {
          words[word] |= bytes.getLong(at + 8 * word);
        }
      }
    }
  }

  private static void set(long[] words, int first, int last) {
    int firstWord = first >>> 6;
    int lastWord = last >>> 6;
    long firstMask = -1L << first;
    long lastMask = -1L >>> ~last;
    if (firstWord == lastWord) {
      words[firstWord] |= firstMask & lastMask;
      return;
    }
    words[firstWord] |= firstMask;
    for (int word = firstWord + 1; word < lastWord; word++) {
      words[word] = -1L;
    }
    words[lastWord] |= lastMask;
  }

  private int unsignedShort(int offset) {
    return bytes.getShort(offset) & 0xFFFF;
  }
}
