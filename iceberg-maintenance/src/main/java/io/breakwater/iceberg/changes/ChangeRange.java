package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.plan.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * The commits of a branch after one snapshot and up to another. Immutable.
 *
 * @param start the snapshot whose rows are the state before, null for the empty table
 * @param end the snapshot whose rows are the state after, null if the table has none
 * @param snapshots the commits after {@code start} up to {@code end}, the oldest first
 */
public record ChangeRange(Snapshot start, Snapshot end, List<Snapshot> snapshots) {

  /**
   * One end of a range: a snapshot by its id, or the newest one that is not younger than a time, or
   * neither.
   *
   * @param snapshotId the id, or null
   * @param timestampMillis milliseconds since the epoch, or null; not both
   */
  public record Bound(Long snapshotId, Long timestampMillis) {
    /** The beginning of the table as a start, the head of the branch as an end. */
    public static final Bound OPEN = new Bound(null, null);
  }

  /**
   * Finds the commits in the history of the head of a branch.
   *
   * @param target the branch; its table is refreshed by the caller
   * @throws IllegalArgumentException if a bound is not in that history, because it was expired,
   *     rolled back or belongs to another branch, or if the end is older than the start
   */
  public static ChangeRange of(Target target, Bound start, Bound end) {
    return new History(target).range(start, end);
  }

  /** The history of a branch, the newest snapshot first, as far as it is not expired. */
  private static final class History {
    private final Target target;
    private final List<Snapshot> newestFirst = new ArrayList<>();

    History(Target target) {
      this.target = target;
      Snapshot snapshot = target.snapshot();
      while (snapshot != null) {
        newestFirst.add(snapshot);
        Long parent = snapshot.parentId();
        snapshot = parent == null ? null : target.table().snapshot(parent);
      }
    }

    ChangeRange range(Bound start, Bound end) {
      int to = end.equals(Bound.OPEN) ? 0 : find("end", end);
      int from = start.equals(Bound.OPEN) ? newestFirst.size() : find("start", start);
      if (from < to) {
        throw cannot(
            "start snapshot %d is younger than end snapshot %d; exchange them"
                .formatted(newestFirst.get(from).snapshotId(), newestFirst.get(to).snapshotId()));
      }
      if (from == newestFirst.size()) {
        requireWhole();
      }
      List<Snapshot> snapshots = new ArrayList<>(newestFirst.subList(to, from));
      Collections.reverse(snapshots);
      return new ChangeRange(at(from), at(to), List.copyOf(snapshots));
    }

    private Snapshot at(int index) {
      return index < newestFirst.size() ? newestFirst.get(index) : null;
    }

    private int find(String which, Bound bound) {
      if (bound.snapshotId() == null) {
        return findByTime(which, bound.timestampMillis());
      }
      for (int i = 0; i < newestFirst.size(); i++) {
        if (newestFirst.get(i).snapshotId() == bound.snapshotId()) {
          return i;
        }
      }
      throw cannot(whyMissing(which, bound.snapshotId()));
    }

    private int findByTime(String which, long timestampMillis) {
      for (int i = 0; i < newestFirst.size(); i++) {
        if (newestFirst.get(i).timestampMillis() <= timestampMillis) {
          return i;
        }
      }
      if (which.equals("start")) {
        return newestFirst.size();
      }
      throw cannot(
          "no snapshot is as old as the end timestamp %s; give a later one"
              .formatted(Instant.ofEpochMilli(timestampMillis)));
    }

    private String whyMissing(String which, long id) {
      Table table = target.table();
      if (newestFirst.isEmpty()) {
        return "%s snapshot %d is not in the table, which has no snapshot".formatted(which, id);
      }
      if (table.snapshot(id) == null) {
        return "%s snapshot %d is not in the table, it was expired or never there; begin at %d, the oldest that is left, or later"
            .formatted(which, id, oldest().snapshotId());
      }
      if (oldest().parentId() != null) {
        return "%s snapshot %d is not linked to the head %d: snapshot %d is expired, or %d was rolled back or belongs to another branch; begin at %d or later"
            .formatted(
                which,
                id,
                newestFirst.get(0).snapshotId(),
                oldest().parentId(),
                id,
                oldest().snapshotId());
      }
      return "%s snapshot %d is not an ancestor of the head %d: it was rolled back or belongs to another branch; name the branch or another snapshot"
          .formatted(which, id, newestFirst.get(0).snapshotId());
    }

    private void requireWhole() {
      if (!newestFirst.isEmpty() && oldest().parentId() != null) {
        throw cannot(
            "the history before snapshot %d is expired; give start_snapshot_id => %d or a later one"
                .formatted(oldest().snapshotId(), oldest().snapshotId()));
      }
    }

    private Snapshot oldest() {
      return newestFirst.get(newestFirst.size() - 1);
    }

    private IllegalArgumentException cannot(String reason) {
      return new IllegalArgumentException(
          "Cannot show changes of %s: %s".formatted(target.name(), reason));
    }
  }
}
