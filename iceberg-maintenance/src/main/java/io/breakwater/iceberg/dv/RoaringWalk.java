package io.breakwater.iceberg.dv;

import io.breakwater.iceberg.dv.InvalidDeletionVectorException.Fault;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over Roaring bitmaps in their portable format (RoaringFormatSpec), all little-endian:
 *
 * <pre>
 * cookie      4 bytes 12346, then 4 bytes container count; or, if there are run containers,
 *             2 bytes 12347 and 2 bytes container count - 1, then one bit per container (1 = run)
 * headers     per container: 2 bytes key (the high 16 bits), 2 bytes cardinality - 1
 * offsets     per container: 4 bytes from the cookie to the container;
 *             left out if there are run containers and fewer than 4 containers
 * containers  run: 2 bytes count, then per run 2 bytes start and 2 bytes length - 1
 *             array, if the cardinality is at most 4096: 2 bytes per value, ascending
 *             bit set, else: 8192 bytes
 * </pre>
 *
 * <p>Not thread-safe; one walk per blob.
 */
final class RoaringWalk {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8000_8000_8000_8000L;

  private final ByteBuffer bytes;
  private final int end;
  private final boolean contents;

  private long cardinality;
  private long last;

  RoaringWalk(ByteBuffer littleEndian, int end, boolean contents) {
    this.bytes = littleEndian;
    this.end = end;
    this.contents = contents;
  }

  /** How many values the bitmap that was walked last has. */
  long cardinality() {
    return cardinality;
  }

  /** The largest value of the bitmap that was walked last, an unsigned 32-bit number. */
  long last() {
    return last;
  }

  /** Walks over the bitmap at {@code start} and returns where it ends. */
  int bitmap(int start) {
    require(start, 4, "a Roaring cookie");
    int cookie = bytes.getInt(start);
    boolean runs = (cookie & 0xFFFF) == RoaringFormat.COOKIE_WITH_RUNS;
    int containers = runs ? (cookie >>> 16) + 1 : countWithoutRuns(start, cookie);
    int runFlags = start + 4;
    int headers = runs ? runFlags + (containers + 7) / 8 : start + 8;
    boolean offsets = !runs || containers >= RoaringFormat.OFFSETS_FROM_CONTAINERS;
    require(start, (long) headers - start + containers * (offsets ? 8L : 4L), "container headers");

    cardinality = 0;
    int previousKey = -1;
    int at = headers + containers * (offsets ? 8 : 4);
    for (int i = 0; i < containers; i++) {
      int key = unsignedShort(headers + 4 * i);
      int values = unsignedShort(headers + 4 * i + 2) + 1;
      if (key <= previousKey) {
        throw new InvalidDeletionVectorException(
            Fault.CONTAINER_KEY, "container key %d after %d".formatted(key, previousKey));
      }
      previousKey = key;
      if (offsets && bytes.getInt(headers + 4 * containers + 4 * i) != at - start) {
        throw new InvalidDeletionVectorException(
            Fault.CONTAINER_OFFSET,
            "container %d at offset %d, but its header says %s"
                .formatted(
                    i,
                    at - start,
                    Integer.toUnsignedString(bytes.getInt(headers + 4 * containers + 4 * i))));
      }
      boolean run = runs && (bytes.get(runFlags + i / 8) >> (i % 8) & 1) == 1;
      at =
          run
              ? runs(at, values)
              : values <= RoaringFormat.MAX_ARRAY ? array(at, values) : bitSet(at, values);
      cardinality += values;
      last |= (long) key << 16;
    }
    return at;
  }

  /** Says which bytes are missing if the blob ends before {@code at + count}. */
  void require(int at, long count, String what) {
    if (at + count > end) {
      throw new InvalidDeletionVectorException(
          Fault.LENGTH,
          "%s at offset %d needs %d bytes, %d are left".formatted(what, at, count, end - at));
    }
  }

  private int countWithoutRuns(int start, int cookie) {
    if (cookie != RoaringFormat.COOKIE_WITHOUT_RUNS) {
      throw new InvalidDeletionVectorException(
          Fault.COOKIE,
          "Roaring cookie %s at offset %d, must be %d or %d"
              .formatted(
                  Integer.toUnsignedString(cookie),
                  start,
                  RoaringFormat.COOKIE_WITHOUT_RUNS,
                  RoaringFormat.COOKIE_WITH_RUNS));
    }
    require(start, 8, "a container count");
    int count = bytes.getInt(start + 4);
    if (count < 0 || count > RoaringFormat.MAX_CONTAINERS) {
      throw new InvalidDeletionVectorException(
          Fault.CONTAINER_COUNT,
          "%s containers, must be at most %d"
              .formatted(Integer.toUnsignedString(count), RoaringFormat.MAX_CONTAINERS));
    }
    return count;
  }

  private int runs(int at, int values) {
    require(at, 2, "a run count");
    int count = unsignedShort(at);
    require(at + 2, 4L * count, "runs");
    int sum = 0;
    int previousEnd = -1;
    for (int run = at + 2; run < at + 2 + 4 * count; run += 4) {
      int start = unsignedShort(run);
      int length = unsignedShort(run + 2);
      if (start <= previousEnd || start + length > 0xFFFF) {
        throw badValues("run %d+%d after %d".formatted(start, length, previousEnd));
      }
      previousEnd = start + length;
      sum += length + 1;
    }
    if (sum != values) {
      throw badValues("runs of %d values under a header of %d".formatted(sum, values));
    }
    last = previousEnd;
    return at + 2 + 4 * count;
  }

  private int array(int at, int values) {
    require(at, 2L * values, "an array");
    if (contents) {
      requireAscending(at, at + 2 * values);
    }
    last = unsignedShort(at + 2 * (values - 1));
    return at + 2 * values;
  }

  /**
   * Compares four neighbours at a time: the 16-bit lanes of {@code low} with those one value later.
   * Subtracting the lower 15 bits of each lane from those of the other with its high bit set tells
   * in that bit, without borrowing from the next lane, whether they are not less; the high bits
   * decide where they differ.
   */
  private void requireAscending(int at, int valuesEnd) {
    int value = at;
    if (bytes.hasArray()) {
      int words = Math.max(0, (valuesEnd - at - 2) / 8);
      int from = bytes.arrayOffset() + at;
      if (!descends(bytes.array(), from, from + 8 * words)) {
        value += 8 * words;
      }
    }
    for (; value + 4 <= valuesEnd; value += 2) {
      if (unsignedShort(value) >= unsignedShort(value + 2)) {
        throw badValues(
            "array value %d after %d".formatted(unsignedShort(value + 2), unsignedShort(value)));
      }
    }
  }

  private static boolean descends(byte[] array, int from, int end) {
    long descents = 0;
    for (int value = from; value < end; value += 8) {
      long low = (long) WORDS.get(array, value);
      long high = (long) WORDS.get(array, value + 2);
      long notLess = (low | HIGH_BITS) - (high & ~HIGH_BITS);
      descents |= (low & ~high) | (~(low ^ high) & notLess);
    }
    return (descents & HIGH_BITS) != 0;
  }

  private int bitSet(int at, int values) {
    require(at, RoaringFormat.BIT_SET_BYTES, "a bit set");
    if (contents) {
      int bits = 0;
      for (int word = at; word < at + RoaringFormat.BIT_SET_BYTES; word += 8) {
        bits += Long.bitCount(bytes.getLong(word));
      }
      if (bits != values) {
        throw badValues("%d bits under a header of %d".formatted(bits, values));
      }
    }
    int word = RoaringFormat.BIT_SET_BYTES / 8 - 1;
    while (word >= 0 && bytes.getLong(at + 8 * word) == 0) {
      word--;
    }
    if (word < 0) {
      throw badValues("no bits under a header of %d".formatted(values));
    }
    last = 64L * word + 63 - Long.numberOfLeadingZeros(bytes.getLong(at + 8 * word));
    return at + RoaringFormat.BIT_SET_BYTES;
  }

  private static InvalidDeletionVectorException badValues(String reason) {
    return new InvalidDeletionVectorException(Fault.CONTAINER_VALUES, reason);
  }

  private int unsignedShort(int at) {
    return bytes.getShort(at) & 0xFFFF;
  }
}
