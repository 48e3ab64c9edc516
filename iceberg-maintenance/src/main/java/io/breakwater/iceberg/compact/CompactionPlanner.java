package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.compact.CompactionPlan.Left;
import io.breakwater.iceberg.plan.Partition;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.BinPacking;

/**
 * Chooses data files while the manifests stream by. Only files that are chosen are kept, without
 * their column statistics, and the index of delete files: some 1 KB for each.
 */
final class CompactionPlanner {
  private static final int FILES_PER_DROP = 10_000;

  private final Target target;
  private final CompactionOptions options;

  CompactionPlanner(Target target, CompactionOptions options) {
    this.target = target;
    this.options = options;
  }

  /**
   * Plans for the head of the branch, as last refreshed.
   *
   * @param chooser what becomes of a file; null if it is not to be looked at
   */
  CompactionPlan plan(Function<FileScanTask, Choice> chooser) {
    Snapshot snapshot = target.snapshot();
    if (snapshot == null) {
      return new CompactionPlan(null, List.of(), Map.of());
    }
    List<Choice> drop = new ArrayList<>();
    Map<Partition, List<Choice>> byPartition = new TreeMap<>();
    Map<String, Left> left = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        target.table().newScan().useSnapshot(snapshot.snapshotId()).ignoreResiduals().planFiles()) {
      for (FileScanTask task : tasks) {
        Choice choice = chooser.apply(task);
        if (choice == null) {
          continue;
        }
        switch (choice.action()) {
          case DROP -> drop.add(choice);
          case REWRITE, REPACK ->
              byPartition
                  .computeIfAbsent(
                      Partition.of(task.spec(), task.file()), partition -> new ArrayList<>())
                  .add(choice);
          case LEAVE -> leave(left, choice);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot plan the data files of %s: %s".formatted(target.name(), e.getMessage()), e);
    }
    return new CompactionPlan(snapshot.snapshotId(), groups(drop, byPartition, left), left);
  }

  private List<FileGroup> groups(
      List<Choice> drop, Map<Partition, List<Choice>> byPartition, Map<String, Left> left) {
    List<FileGroup> groups = new ArrayList<>();
    byPartition.forEach(
        (partition, choices) -> {
          for (List<Choice> files : pack(choices)) {
            if (files.stream().anyMatch(file -> file.action() == Action.REWRITE)) {
              groups.add(new FileGroup(Action.REWRITE, partition, files));
            } else if (files.size() >= options.minInputFiles()) {
              groups.add(new FileGroup(Action.REPACK, partition, files));
            } else {
              files.forEach(
                  file ->
                      leave(
                          left,
                          file.with(
                              Action.LEAVE,
                              "small, but fewer than min-input-files of them in the partition")));
            }
          }
        });
    groups.sort(
        Comparator.comparingDouble((FileGroup group) -> group.gain() / Math.max(1, group.cost()))
            .reversed());
    for (int from = 0; from < drop.size(); from += FILES_PER_DROP) {
      int to = Math.min(drop.size(), from + FILES_PER_DROP);
      groups.add(from / FILES_PER_DROP, new FileGroup(Action.DROP, null, drop.subList(from, to)));
    }
    return List.copyOf(groups);
  }

  private List<List<Choice>> pack(List<Choice> choices) {
    return new BinPacking.ListPacker<Choice>(options.maxGroupBytes(), 1, false)
        .pack(choices, Choice::bytes);
  }

  private static void leave(Map<String, Left> left, Choice choice) {
    left.merge(choice.why(), Left.NONE.plus(choice), (before, one) -> before.plus(choice));
  }
}
