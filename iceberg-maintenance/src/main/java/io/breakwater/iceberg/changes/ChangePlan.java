package io.breakwater.iceberg.changes;

import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * Where the changes of a range are found. Immutable.
 *
 * @param range the range
 * @param commits every commit of the range, the oldest first
 * @param separate data files whose rows only ever appear or only ever disappear in a commit: what
 *     they say is an insert or a delete as it stands
 * @param matched data files of commits in which rows both appear and disappear: two images of one
 *     row are an update, or no change at all
 */
record ChangePlan(
    ChangeRange range,
    List<ChangeCommit> commits,
    List<FileChanges> separate,
    List<FileChanges> matched) {

  /** Data files that the feed reads. */
  long dataFiles() {
    return (long) separate.size() + matched.size();
  }

  /** The sizes of these files. */
  long dataFileBytes() {
    return bytes(separate) + bytes(matched);
  }

  private static long bytes(List<FileChanges> files) {
    return files.stream().map(FileChanges::file).mapToLong(DataFile::fileSizeInBytes).sum();
  }
}
