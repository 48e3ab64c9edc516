package io.breakwater.iceberg.changes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;

/**
 * A range of bytes of a data file with changes. Its rows are those of the row groups of which the
 * middle is in it. Immutable.
 *
 * @param changes the data file and what happened to it
 * @param start the offset of the first byte
 * @param length how many bytes
 */
record FileSlice(FileChanges changes, long start, long length) implements Serializable {

  /** Whole row groups of at least {@code bytes} together, or the whole file if it has no more. */
  static List<FileSlice> of(FileChanges changes, long bytes) {
    DataFile file = changes.file();
    List<FileSlice> slices = new ArrayList<>();
    long start = 0;
    if (file.format() == FileFormat.PARQUET && file.splitOffsets() != null) {
      for (long offset : file.splitOffsets()) {
        if (offset - start >= bytes) {
          slices.add(new FileSlice(changes, start, offset - start));
          start = offset;
        }
      }
    }
    slices.add(new FileSlice(changes, start, file.fileSizeInBytes() - start));
    return slices;
  }

  /** Whether single rows of several row groups are wanted, so that some groups may be left out. */
  boolean mayLeaveOutRowGroups() {
    List<Long> offsets = changes.file().splitOffsets();
    return changes.file().format() == FileFormat.PARQUET
        && !changes.concernsAllRows()
        && (offsets == null || offsets.stream().filter(this::contains).count() > 1);
  }

  boolean contains(long offset) {
    return offset >= start && offset < start + length;
  }
}
