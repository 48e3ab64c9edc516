package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a table to format version 3 and its position deletes, and on request its equality deletes,
 * to deletion vectors. Then each commit of it is compared with the snapshot before: both must show
 * the same rows of the same data files. If they do not, and nobody has committed since, the branch
 * is rolled back to where it was; the format version stays, as Iceberg has no way back from it.
 */
public final class Upgrade {
  private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);
  private static final int FORMAT_VERSION = 3;

  private final SparkSession spark;
  private final Target target;
  private final String sqlName;
  private final boolean verify;
  private final DeleteConversion conversion;

  /**
   * An upgrade that is not begun.
   *
   * @param spark where it runs
   * @param target the table and branch; the table is refreshed
   * @param sqlName the table's name in SQL, quoted, without a branch
   * @param options group size and retries of the conversion
   * @param equalityDeletes whether equality deletes are converted, too
   * @param verify whether the rows are compared
   */
  public Upgrade(
      SparkSession spark,
      Target target,
      String sqlName,
      ConvertOptions options,
      boolean equalityDeletes,
      boolean verify) {
    this.spark = spark;
    this.target = target;
    this.sqlName = sqlName;
    this.verify = verify;
    this.conversion =
        equalityDeletes
            ? DeleteConversion.ofAllDeletes(spark, target, options)
            : DeleteConversion.ofPositionDeletes(
                spark, target, PartitionFilter.all(target.table()), options);
  }

  /** Says what {@link #run} would do; writes nothing. */
  public List<UpgradeRow> dryRun() {
    int version = version();
    return List.of(
        UpgradeRow.ofFormat(
            version < FORMAT_VERSION ? "planned" : "nothing to do",
            version,
            Math.max(version, FORMAT_VERSION),
            "readers and writers that do not know version 3 cannot use the table any more"),
        UpgradeRow.ofDeletes(last(conversion.dryRun())),
        UpgradeRow.ofVerification(
            verify ? "planned" : "nothing to do",
            null,
            null,
            null,
            null,
            verify ? "compares the rows before and after each commit" : "verify is false"));
  }

  /**
   * Does the upgrade.
   *
   * @throws IllegalStateException if a commit changed which rows the table shows; the message says
   *     whether it was rolled back
   * @throws org.apache.iceberg.exceptions.CommitFailedException if concurrent commits changed files
   *     in every attempt; the format version and what was converted before stay
   */
  public List<UpgradeRow> run() {
    int version = version();
    if (version < FORMAT_VERSION) {
      target
          .table()
          .updateProperties()
          .set(TableProperties.FORMAT_VERSION, String.valueOf(FORMAT_VERSION))
          .commit();
      LOG.info("Upgraded {} from format version {} to {}", target.name(), version, FORMAT_VERSION);
    }
    List<UpgradeRow> rows = new ArrayList<>();
    rows.add(
        UpgradeRow.ofFormat(
            version < FORMAT_VERSION ? "done" : "nothing to do",
            version,
            Math.max(version, FORMAT_VERSION),
            version < FORMAT_VERSION
                ? "Iceberg has no way back to an older version"
                : "the table has it already"));
    List<ConvertRow> converted = conversion.run();
    rows.add(UpgradeRow.ofDeletes(last(converted)));
    rows.add(verified(converted));
    return List.copyOf(rows);
  }

  private int version() {
    target.table().refresh();
    TableDeletes.requireReadable(target.table());
    return TableUtil.formatVersion(target.table());
  }

  /** Compares each commit of {@code converted} with the snapshot before it. */
  UpgradeRow verified(List<ConvertRow> converted) {
    Set<Long> commits =
        converted.stream()
            .map(ConvertRow::snapshotId)
            .filter(Objects::nonNull)
            .collect(Collectors.toCollection(TreeSet::new));
    if (!verify || commits.isEmpty()) {
      return UpgradeRow.ofVerification(
          "nothing to do",
          null,
          null,
          null,
          null,
          verify ? "no commit to verify" : "verify is false");
    }
    target.table().refresh();
    List<Snapshot> ours = new ArrayList<>();
    for (Snapshot snapshot : target.table().snapshots()) {
      if (commits.contains(snapshot.snapshotId())) {
        ours.add(snapshot);
      }
    }
    LiveRows before = null;
    LiveRows after = null;
    for (Snapshot snapshot : ours) {
      LiveRows parent = LiveRows.of(spark, sqlName, snapshot.parentId());
      after = LiveRows.of(spark, sqlName, snapshot.snapshotId());
      before = before == null ? parent : before;
      if (!after.equals(parent)) {
        throw wayBack(ours, snapshot, parent, after);
      }
    }
    Snapshot first = ours.get(0);
    Snapshot last = ours.get(ours.size() - 1);
    return UpgradeRow.ofVerification(
        "done",
        before.count(),
        after.count(),
        first.parentId(),
        last.snapshotId(),
        "each of %d commits shows the same rows of the same data files as the snapshot before it"
            .formatted(ours.size()));
  }

  /** Rolls back if nobody else has committed since. */
  private IllegalStateException wayBack(
      List<Snapshot> ours, Snapshot wrong, LiveRows before, LiveRows after) {
    long start = ours.get(0).parentId();
    String found =
        "Cannot upgrade deletes of %s: snapshot %d shows %d rows, the one before it %d"
            .formatted(target.name(), wrong.snapshotId(), after.count(), before.count());
    Set<Long> ids = ours.stream().map(Snapshot::snapshotId).collect(Collectors.toSet());
    Snapshot head = target.snapshot();
    while (head != null && ids.contains(head.snapshotId())) {
      head = head.parentId() == null ? null : target.table().snapshot(head.parentId());
    }
    if (head == null || head.snapshotId() != start) {
      return new IllegalStateException(
          found
              + "; others have committed since, so it is not rolled back: stop the writers, and roll"
              + " back to snapshot %d or delete and insert the rows that differ".formatted(start));
    }
    ManageSnapshots back =
        GuardedCommits.of(target, (base, current) -> requireOurs(found, ids, current))
            .manageSnapshots();
    if (target.branch().equals(SnapshotRef.MAIN_BRANCH)) {
      back.rollbackTo(start).commit();
    } else {
      back.replaceBranch(target.branch(), start).commit();
    }
    return new IllegalStateException(
        found
            + "; rolled back to snapshot %d, format version %d stays".formatted(start, version()));
  }

  /** A commit that comes between the look at the branch and its rollback must not be lost. */
  private static void requireOurs(String found, Set<Long> ids, Snapshot head) {
    ValidationException.check(
        ids.contains(head.snapshotId()),
        "%s; not rolled back, for snapshot %s was committed meanwhile",
        found,
        head.snapshotId());
  }

  private static ConvertRow last(List<ConvertRow> rows) {
    return rows.get(rows.size() - 1);
  }
}
