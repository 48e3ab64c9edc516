package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.changes.FileChanges.Step;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.data.DeleteLoader;
import org.apache.iceberg.deletes.PositionDeleteIndex;

/**
 * What happened to each row of one data file, to be asked for ascending positions.
 *
 * <p>An event is {@code 2 * ordinal} if the row disappeared with that commit, one more if it
 * appeared. The events of single rows are kept sorted in one array, {@code position << 24 | event}:
 * memory is 8 bytes per row that a commit deleted. Not thread-safe.
 */
final class RowEvents {
  private static final int EVENT_BITS = 24;
  private static final long MAX_POSITION = (1L << (Long.SIZE - 1 - EVENT_BITS)) - 1;
  private static final int NONE = -1;

  /** More commits than this cannot be told apart. */
  static final int MAX_COMMITS = 1 << (EVENT_BITS - 1);

  private final int appeared;
  private final PositionDeleteIndex neverAppeared;
  private final long[] events;
  private final int disappeared;
  private final PositionDeleteIndex gone;
  private int next;

  private RowEvents(
      int appeared,
      PositionDeleteIndex neverAppeared,
      long[] events,
      int disappeared,
      PositionDeleteIndex gone) {
    this.appeared = appeared;
    this.neverAppeared = neverAppeared;
    this.events = events;
    this.disappeared = disappeared;
    this.gone = gone;
  }

  /** Loads the deletes of {@code file} and finds the differences. */
  static RowEvents of(FileChanges file, DeleteLoader loader) {
    Loaded loaded = new Loaded(file.file().location(), loader);
    Collector collector = new Collector();
    PositionDeleteIndex neverAppeared = null;
    if (file.addedAt() != FileChanges.NEVER) {
      neverAppeared = loaded.index(file.addedDeletes());
    }
    for (Step step : file.steps()) {
      PositionDeleteIndex before = loaded.index(step.before());
      PositionDeleteIndex after = loaded.index(step.after());
      collector.collect(after, before, 2 * step.ordinal());
      collector.collect(before, after, 2 * step.ordinal() + 1);
    }
    PositionDeleteIndex gone = null;
    if (file.removedAt() != FileChanges.NEVER) {
      gone = loaded.index(file.removedDeletes());
    }
    return new RowEvents(
        neverAppeared == null ? NONE : 2 * file.addedAt() + 1,
        neverAppeared,
        collector.sorted(),
        gone == null ? NONE : 2 * file.removedAt(),
        gone);
  }

  /** Whether no row of the file has an event. */
  boolean isEmpty() {
    return appeared == NONE && disappeared == NONE && events.length == 0;
  }

  /** The positions of rows that have an event though not every row has one, ascending. */
  long[] positions() {
    return Arrays.stream(events).map(event -> event >> EVENT_BITS).distinct().toArray();
  }

  /**
   * Puts the events of the row at {@code position} into {@code target}, the oldest first, and
   * returns how many there are.
   */
  int at(long position, int[] target) {
    int count = 0;
    if (appeared != NONE && !neverAppeared.isDeleted(position)) {
      target[count++] = appeared;
    }
    while (next < events.length && events[next] >> EVENT_BITS <= position) {
      if (events[next] >> EVENT_BITS == position) {
        target[count++] = (int) events[next] & ((1 << EVENT_BITS) - 1);
      }
      next++;
    }
    if (disappeared != NONE && !gone.isDeleted(position)) {
      target[count++] = disappeared;
    }
    return count;
  }

  /** The last position of {@link #positions}, -1 if there is none. */
  long lastPosition() {
    return events.length == 0 ? -1 : events[events.length - 1] >> EVENT_BITS;
  }

  /** How many events a row can have at most. */
  static int maxEvents(FileChanges file) {
    return file.steps().size() + 2;
  }

  private static final class Loaded {
    private final String path;
    private final DeleteLoader loader;
    private List<DeleteFile> files = List.of();
    private PositionDeleteIndex index = PositionDeleteIndex.empty();

    Loaded(String path, DeleteLoader loader) {
      this.path = path;
      this.loader = loader;
    }

    /** The deletes after one commit are those before the next, so the last ones are kept. */
    PositionDeleteIndex index(List<DeleteFile> wanted) {
      if (wanted.isEmpty()) {
        return PositionDeleteIndex.empty();
      }
      if (!wanted.equals(files)) {
        index = loader.loadPositionDeletes(wanted, path);
        files = wanted;
      }
      return index;
    }
  }

  private static final class Collector {
    private long[] events = new long[16];
    private int size;

    void collect(PositionDeleteIndex in, PositionDeleteIndex notIn, int event) {
      in.forEach(
          position -> {
            if (!notIn.isDeleted(position)) {
              add(position, event);
            }
          });
    }

    private void add(long position, int event) {
      if (position > MAX_POSITION) {
        throw new IllegalStateException(
            "Cannot read changes: position %d, must be at most %d"
                .formatted(position, MAX_POSITION));
      }
      if (size == events.length) {
        events = Arrays.copyOf(events, Math.multiplyExact(size, 2));
      }
      events[size++] = position << EVENT_BITS | event;
    }

    long[] sorted() {
      long[] sorted = Arrays.copyOf(events, size);
      Arrays.sort(sorted);
      return sorted;
    }
  }
}
