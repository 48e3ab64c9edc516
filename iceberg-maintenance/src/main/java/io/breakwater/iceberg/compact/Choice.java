package io.breakwater.iceberg.compact;

import java.util.List;
import java.util.Optional;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * What is to become of one data file, and the numbers behind it.
 *
 * @param task the data file with every delete file that applies to it
 * @param action what becomes of it
 * @param why the reason without the numbers, so that files can be counted by it
 * @param deletedRows rows deleted by deletion vectors and position deletes of this file alone
 * @param cost of a rewrite, see {@link Prices}
 * @param gain of a rewrite, see {@link Prices}
 */
record Choice(
    FileScanTask task, Action action, String why, long deletedRows, double cost, double gain) {

  private static final String EVERY_ROW = "every row is deleted";

  /** The choice that pays. */
  static Choice of(FileScanTask task, CompactionOptions options) {
    long rows = task.file().recordCount();
    long deleted = deletedRows(task);
    Choice leave = priced(task, deleted, options.prices());
    if (deleted > rows) {
      return leave.with(
          Action.LEAVE, "more deleted rows than rows, its deletion vector is damaged");
    }
    if (hasWholeVector(task)) {
      return leave.with(Action.DROP, EVERY_ROW);
    }
    if (deleted > 0 && deleted >= options.deleteRatioThreshold() * rows) {
      return leave.with(Action.REWRITE, "deleted rows reach delete-ratio-threshold");
    }
    if (!task.deletes().isEmpty() && leave.gain() >= leave.cost()) {
      return leave.with(Action.REWRITE, "deletes cost the expected scans more than a rewrite");
    }
    double packed = leave.gain() + options.prices().gainOfOneFileLess();
    if (leave.bytes() < options.minFileBytes() && packed >= leave.cost()) {
      return new Choice(
          task,
          Action.REPACK,
          "small, and opening it costs the expected scans more than a rewrite",
          deleted,
          leave.cost(),
          packed);
    }
    return task.deletes().isEmpty()
        ? leave.with(Action.LEAVE, "no deletes, and large enough")
        : leave.with(Action.LEAVE, "deletes cost the expected scans less than a rewrite");
  }

  /** The file must go, whatever that costs. */
  static Choice always(FileScanTask task, String why, Prices prices) {
    Choice leave = priced(task, deletedRows(task), prices);
    return hasWholeVector(task)
        ? leave.with(Action.DROP, EVERY_ROW)
        : leave.with(Action.REWRITE, why);
  }

  Choice with(Action newAction, String reason) {
    return new Choice(
        task, newAction, reason, deletedRows, newAction == Action.DROP ? 0 : cost, gain);
  }

  String path() {
    return task.file().location();
  }

  long bytes() {
    return task.file().fileSizeInBytes();
  }

  /** What the file is expected to be without its deleted rows, in bytes. */
  long liveBytes() {
    return Math.round(bytes() * (1 - deadShare(task, deletedRows)));
  }

  /** The delete files that apply to this file and to no other, and go with it. */
  List<DeleteFile> ownDeletes() {
    return task.deletes().stream().filter(ContentFileUtil::isFileScoped).toList();
  }

  /** The deletion vector, if there is one. */
  Optional<DeleteFile> vector() {
    return vector(task);
  }

  private static Choice priced(FileScanTask task, long deleted, Prices prices) {
    long bytes = task.file().fileSizeInBytes();
    double dead = bytes * deadShare(task, deleted);
    long deleteBytes = task.sizeBytes() - task.length();
    return new Choice(
        task,
        Action.LEAVE,
        "",
        deleted,
        prices.cost(bytes, dead, deleteBytes),
        prices.gain(dead, deleteBytes, task.deletes().size()));
  }

  private static double deadShare(FileScanTask task, long deleted) {
    long rows = task.file().recordCount();
    return rows == 0 ? 0 : Math.min(1, (double) deleted / rows);
  }

  private static boolean hasWholeVector(FileScanTask task) {
    long rows = task.file().recordCount();
    return rows > 0 && vector(task).filter(vector -> vector.recordCount() == rows).isPresent();
  }

  private static Optional<DeleteFile> vector(FileScanTask task) {
    return task.deletes().stream().filter(ContentFileUtil::isDV).findFirst();
  }

  /** Position deletes of format version 2 may name a row twice, so their sum is only a bound. */
  private static long deletedRows(FileScanTask task) {
    return vector(task)
        .map(DeleteFile::recordCount)
        .orElseGet(
            () ->
                Math.min(
                    task.file().recordCount(),
                    task.deletes().stream()
                        .filter(ContentFileUtil::isFileScoped)
                        .mapToLong(DeleteFile::recordCount)
                        .sum()));
  }
}
