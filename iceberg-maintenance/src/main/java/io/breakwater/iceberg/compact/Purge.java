package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.compact.GroupRuns.Outcome;
import io.breakwater.iceberg.compact.MatchingRows.Found;
import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.Attempts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.actions.ExpireSnapshots;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.spark.actions.SparkActions;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases deleted rows that match a predicate from storage: rewrites the data files that hold them,
 * expires the snapshots that have those files, deletes the files, and reads what is left to prove
 * it. Live rows are not touched, matching or not. Not thread-safe.
 */
public final class Purge {
  private static final Logger LOG = LoggerFactory.getLogger(Purge.class);
  private static final String PURPOSE = "purge deleted rows";
  private static final String WHY = "it holds deleted rows that match";

  private final SparkSession spark;
  private final Target target;
  private final PurgeOptions options;
  private final MatchingRows matching;

  /**
   * A purge that is not begun.
   *
   * @param spark where the work runs
   * @param target the table and branch; the table is refreshed
   * @param where an SQL predicate on the rows
   * @param filter the same or less as Iceberg's expression, to skip files by their statistics
   * @param options how to do it
   */
  public Purge(
      SparkSession spark, Target target, String where, Expression filter, PurgeOptions options) {
    this.spark = spark;
    this.target = target;
    this.options = options;
    this.matching = new MatchingRows(spark, target, where, filter);
  }

  /**
   * Says what {@link #run} would do; writes nothing. Unlike it, this does not refuse if another
   * branch or a tag has one of the files, but has a row for it.
   */
  public List<PurgeRow> dryRun() {
    prepare();
    if (target.snapshot() == null) {
      return List.of(nothing());
    }
    Found found = matching.find();
    List<PurgeRow> rows = new ArrayList<>();
    found
        .deleted()
        .forEach(
            (path, count) ->
                rows.add(PurgeRow.file("planned", path, null, count, "to be rewritten: " + WHY)));
    found
        .outside()
        .forEach(
            (path, count) ->
                rows.add(
                    PurgeRow.file(
                        "planned", path, null, count, "only in other snapshots, to be deleted")));
    references(found)
        .forEach(
            (name, id) ->
                rows.add(
                    new PurgeRow("reference", "in the way", name, id, null, null, dropIt(name))));
    holders(paths(found))
        .forEach(snapshot -> rows.add(PurgeRow.snapshot("planned", snapshot.snapshotId())));
    rows.add(table(found.isClean() ? "nothing to do" : "planned", found, found));
    return List.copyOf(rows);
  }

  /**
   * Does the purge.
   *
   * @return a row per removed file and expired snapshot, the proof, and the sum
   * @throws IllegalStateException if another branch or a tag has one of the files, with nothing
   *     changed; or if a file could not be rewritten
   * @throws CommitFailedException if concurrent commits took planned files in every attempt
   */
  public List<PurgeRow> run() {
    prepare();
    if (target.snapshot() == null) {
      return List.of(nothing());
    }
    Found found = matching.find();
    Map<String, Long> references = references(found);
    if (!references.isEmpty()) {
      throw new IllegalStateException(
          "Cannot %s of %s: %s still have files with matching rows; %s"
              .formatted(PURPOSE, target.name(), references.keySet(), dropIt("them")));
    }
    List<PurgeRow> rows = new ArrayList<>();
    Map<String, Long> commits = rewrite(found.deleted().keySet());
    expire(found, rows);
    addFiles(found, commits, rows);
    target.table().refresh();
    Found left = matching.find();
    addProof(left, rows);
    rows.add(table(status(found, left, rows), found, left));
    List<PurgeRow> proof = List.copyOf(rows);
    options.reportPath().ifPresent(path -> PurgeReport.write(target, path, proof));
    return proof;
  }

  private void prepare() {
    target.table().refresh();
    TableDeletes.requireSupported(target.table());
    if (!PropertyUtil.propertyAsBoolean(
        target.table().properties(),
        TableProperties.GC_ENABLED,
        TableProperties.GC_ENABLED_DEFAULT)) {
      throw new IllegalStateException(
          "Cannot %s of %s: %s is false, so files may belong to other tables, too"
              .formatted(PURPOSE, target.name(), TableProperties.GC_ENABLED));
    }
    options
        .reportPath()
        .filter(path -> target.table().io().newInputFile(path).exists())
        .ifPresent(
            path -> {
              throw options.invalidReportPath();
            });
  }

  /** Rewrites or drops the files, and returns the snapshots that removed them by path. */
  private Map<String, Long> rewrite(Set<String> paths) {
    GroupRuns runs = new GroupRuns(spark, target, options.rewrite(), PURPOSE);
    CompactionPlanner planner = new CompactionPlanner(target, options.rewrite());
    Map<String, Long> removed = new HashMap<>();
    Set<String> open = new HashSet<>(paths);
    for (int attempt = 1; !open.isEmpty(); attempt++) {
      CompactionPlan plan =
          planner.plan(
              task ->
                  open.contains(task.file().location())
                      ? Choice.always(task, WHY, options.rewrite().prices())
                      : null);
      Set<String> again = new HashSet<>();
      RuntimeException conflict = null;
      for (Outcome outcome : runs.run(plan, Budget.unlimited())) {
        conflict = outcome.committed() ? conflict : outcome.conflict();
        for (Choice file : outcome.group().files()) {
          if (outcome.committed()) {
            removed.put(file.path(), outcome.snapshotId());
          } else {
            again.add(file.path());
          }
        }
      }
      if (conflict != null && attempt > options.rewrite().conflictRetries()) {
        throw new CommitFailedException(
            conflict,
            "Cannot %s of %s: in each of %d attempts a concurrent commit changed files of the plan,"
                + " last: %s; no snapshot was expired, call again when there are fewer writers or"
                + " with a larger conflict-retries",
            PURPOSE,
            target.name(),
            attempt,
            conflict.getMessage());
      }
      open.retainAll(again);
      if (!open.isEmpty()) {
        Attempts.pause(PURPOSE, attempt);
        target.table().refresh();
      }
    }
    return removed;
  }

  private void expire(Found found, List<PurgeRow> rows) {
    target.table().refresh();
    Set<Long> heads = new HashSet<>();
    target.table().refs().values().forEach(ref -> heads.add(ref.snapshotId()));
    List<Snapshot> holders =
        holders(paths(found)).stream()
            .filter(snapshot -> !heads.contains(snapshot.snapshotId()))
            .toList();
    if (holders.isEmpty()) {
      return;
    }
    // Nothing is as old as that: only the snapshots that are named expire.
    ExpireSnapshots expire =
        SparkActions.get(spark).expireSnapshots(target.table()).expireOlderThan(0);
    holders.forEach(snapshot -> expire.expireSnapshotId(snapshot.snapshotId()));
    ExpireSnapshots.Result result = expire.execute();
    LOG.info(
        "Expired {} snapshots of {} and deleted {} data files",
        holders.size(),
        target.name(),
        result.deletedDataFilesCount());
    holders.forEach(snapshot -> rows.add(PurgeRow.snapshot("expired", snapshot.snapshotId())));
  }

  private void addFiles(Found found, Map<String, Long> commits, List<PurgeRow> rows) {
    Map<String, Long> all = new TreeMap<>(found.deleted());
    all.putAll(found.outside());
    all.forEach(
        (path, count) -> {
          boolean exists = target.table().io().newInputFile(path).exists();
          rows.add(
              PurgeRow.file(
                  exists ? "still there" : "erased",
                  path,
                  commits.get(path),
                  count,
                  exists
                      ? "a snapshot still has it, or the storage refused to delete it; see the"
                          + " proof, then call remove_orphan_files"
                      : "the file does not exist any more"));
        });
  }

  private static void addProof(Found left, List<PurgeRow> rows) {
    left.deleted()
        .forEach(
            (path, count) ->
                rows.add(
                    PurgeRow.file(
                        "not clean", path, null, count, "deleted meanwhile: call again")));
    left.outside()
        .forEach(
            (path, count) ->
                rows.add(
                    PurgeRow.file(
                        "not clean", path, null, count, "another snapshot has it: call again")));
    rows.add(
        new PurgeRow(
            "proof",
            left.isClean() ? "clean" : "not clean",
            null,
            null,
            sum(left),
            left.files(),
            "of %d reachable data files %d were read with their deleted rows, the others cannot match"
                    .formatted(left.files(), left.scannedFiles())
                + " by their statistics; %d live rows match".formatted(left.liveRows())));
  }

  private PurgeRow table(String status, Found found, Found left) {
    return new PurgeRow(
        "table",
        status,
        target.name(),
        target.snapshot().snapshotId(),
        sum(found),
        (long) paths(found).size(),
        left.liveRows() == 0
            ? "no live row matches"
            : "%d live rows match: they are not deleted, so they stay".formatted(left.liveRows()));
  }

  private static String status(Found found, Found left, List<PurgeRow> rows) {
    if (!left.isClean() || rows.stream().anyMatch(row -> row.status().equals("still there"))) {
      return "not clean";
    }
    return found.isClean() ? "nothing to do" : "erased";
  }

  private PurgeRow nothing() {
    return new PurgeRow(
        "table", "nothing to do", target.name(), null, 0L, 0L, "the table has no snapshot");
  }

  /** Other branches and tags whose head has one of the files, with the snapshot. */
  private Map<String, Long> references(Found found) {
    Set<Long> holders = new HashSet<>();
    holders(paths(found)).forEach(snapshot -> holders.add(snapshot.snapshotId()));
    Map<String, Long> references = new TreeMap<>();
    target
        .table()
        .refs()
        .forEach(
            (name, ref) -> {
              if (!name.equals(target.branch()) && holders.contains(ref.snapshotId())) {
                references.put(name, ref.snapshotId());
              }
            });
    return references;
  }

  private List<Snapshot> holders(Set<String> paths) {
    return paths.isEmpty() ? List.of() : new ReachableFiles(target.table()).holders(paths);
  }

  private static String dropIt(String name) {
    return "drop %s (ALTER TABLE ... DROP BRANCH or TAG), or purge the branch first"
        .formatted(name);
  }

  private static Set<String> paths(Found found) {
    Set<String> paths = new TreeSet<>(found.deleted().keySet());
    paths.addAll(found.outside().keySet());
    return paths;
  }

  private static long sum(Found found) {
    return found.deleted().values().stream().mapToLong(Long::longValue).sum()
        + found.outside().values().stream().mapToLong(Long::longValue).sum();
  }
}
