package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/**
 * Works on the positions of deletion vectors without building a bitmap of any of them. The layout
 * of a blob is that of {@link DeletionVector}.
 *
 * <p>Every blob is {@linkplain DeletionVector#validateContents validated} first, so that hostile
 * bytes end in an {@link InvalidDeletionVectorException}; memory follows the size of the blobs, not
 * the number of positions that they claim. The methods are thread-safe and leave position, limit
 * and order of the given buffers as they were. Heap, direct and read-only buffers all do.
 */
public final class DeletionVectors {
  private static final int FEW_VALUES = 128;

  private DeletionVectors() {}

  /**
   * Hands every deleted position to {@code consumer}, ascending.
   *
   * @param blob the blob from its position to its limit
   * @throws InvalidDeletionVectorException if the bytes break a promise of the format; the consumer
   *     got nothing then
   */
  public static void forEach(ByteBuffer blob, LongConsumer consumer) {
    DeletionVector.validateContents(blob);
    ContainerCursor container = new ContainerCursor(blob);
    while (container.high() != ContainerCursor.END) {
      container.forEach(consumer);
      container.next();
    }
  }

  /**
   * The deletion vector of every position that one of {@code blobs} deletes.
   *
   * <p>All blobs are walked at the same time, one container of 65,536 positions after the other, so
   * that at most one container is held uncompressed however many blobs there are.
   *
   * @param blobs each from its position to its limit; none gives the empty vector
   * @return a heap buffer from position 0 to its limit, big-endian
   * @throws InvalidDeletionVectorException if a blob breaks a promise of the format
   * @throws IllegalArgumentException if the result does not fit into 2 GB
   */
  public static ByteBuffer or(List<ByteBuffer> blobs) {
    PriorityQueue<ContainerCursor> cursors =
        new PriorityQueue<>(
            Math.max(1, blobs.size()), Comparator.comparingLong(ContainerCursor::high));
    for (ByteBuffer blob : blobs) {
      DeletionVector.validateContents(blob);
      add(cursors, new ContainerCursor(blob));
    }
    BlobEncoder encoder = new BlobEncoder();
    Union union = new Union(encoder);
    List<ContainerCursor> same = new ArrayList<>();
    while (!cursors.isEmpty()) {
      long high = cursors.peek().high();
      while (!cursors.isEmpty() && cursors.peek().high() == high) {
        same.add(cursors.poll());
      }
      union.write(same);
      for (ContainerCursor cursor : same) {
        cursor.next();
        add(cursors, cursor);
      }
      same.clear();
    }
    return encoder.finish();
  }

  private static void add(PriorityQueue<ContainerCursor> cursors, ContainerCursor cursor) {
    if (cursor.high() != ContainerCursor.END) {
      cursors.add(cursor);
    }
  }

  /** Writes containers of the same 65,536 positions as one. */
  private static final class Union {
    private final BlobEncoder encoder;
    private final char[] few = new char[FEW_VALUES];
    private final long[] words = new long[RoaringFormat.WORDS];

    Union(BlobEncoder encoder) {
      this.encoder = encoder;
    }

    void write(List<ContainerCursor> containers) {
      if (containers.size() == 1) {
        encoder.raw(containers.get(0));
      } else if (fewValues(containers)) {
        writeFew(containers);
      } else {
        Arrays.fill(words, 0);
        for (ContainerCursor container : containers) {
          container.orInto(words);
        }
        encoder.words(containers.get(0).high(), words);
      }
    }

    private static boolean fewValues(List<ContainerCursor> containers) {
      int sum = 0;
      for (ContainerCursor container : containers) {
        sum += container.cardinality();
        if (!container.isArray() || sum > FEW_VALUES) {
          return false;
        }
      }
      return true;
    }

    private void writeFew(List<ContainerCursor> containers) {
      int sum = 0;
      for (ContainerCursor container : containers) {
        container.copyArray(few, sum);
        sum += container.cardinality();
      }
      Arrays.sort(few, 0, sum);
      int distinct = 1;
      for (int i = 1; i < sum; i++) {
        if (few[i] != few[distinct - 1]) {
          few[distinct++] = few[i];
        }
      }
      encoder.array(containers.get(0).high(), few, distinct);
    }
  }
}
