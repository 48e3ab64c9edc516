package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.Partition;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Data files that leave the table together, in one commit or not at all.
 *
 * @param action what becomes of the files: dropped, rewritten (some for their deleted rows) or
 *     repacked (all for their size)
 * @param partition where they all are; null for dropped files
 * @param files the files
 */
record FileGroup(Action action, Partition partition, List<Choice> files) {

  long bytes() {
    return files.stream().mapToLong(Choice::bytes).sum();
  }

  /** What the files are expected to be without their deleted rows, in bytes. */
  long liveBytes() {
    return action == Action.DROP ? 0 : files.stream().mapToLong(Choice::liveBytes).sum();
  }

  long deletedRows() {
    return files.stream().mapToLong(Choice::deletedRows).sum();
  }

  long deleteFiles() {
    return files.stream().mapToLong(file -> file.ownDeletes().size()).sum();
  }

  double cost() {
    return files.stream().mapToDouble(Choice::cost).sum();
  }

  double gain() {
    return files.stream().mapToDouble(Choice::gain).sum();
  }

  String reason() {
    return files.stream()
        .collect(Collectors.groupingBy(Choice::why, Collectors.counting()))
        .entrySet()
        .stream()
        .map(why -> "%d files: %s".formatted(why.getValue(), why.getKey()))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining("; "));
  }
}
