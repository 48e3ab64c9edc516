package io.breakwater.iceberg.changes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.iceberg.shaded.org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.iceberg.shaded.org.apache.parquet.io.SeekableInputStream;

/** Finds the row groups of a Parquet file that hold wanted rows, from its footer. */
final class RowGroups {
  private RowGroups() {}

  /**
   * The parts of {@code slice} with at least one wanted row; row groups that follow each other are
   * one part.
   *
   * @param positions the positions of the wanted rows in the file, ascending
   */
  static List<FileSlice> holding(FileSlice slice, InputFile file, long[] positions) {
    List<FileSlice> parts = new ArrayList<>();
    long first = 0;
    for (BlockMetaData group : footer(file)) {
      long start = group.getStartingPos();
      if (slice.contains(start) && anyWithin(positions, first, first + group.getRowCount())) {
        append(parts, new FileSlice(slice.changes(), start, group.getCompressedSize()));
      }
      first += group.getRowCount();
    }
    return parts;
  }

  private static boolean anyWithin(long[] positions, long from, long to) {
    int found = Arrays.binarySearch(positions, from);
    int next = found >= 0 ? found : -found - 1;
    return next < positions.length && positions[next] < to;
  }

  private static void append(List<FileSlice> parts, FileSlice part) {
    FileSlice last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
    if (last != null && last.start() + last.length() == part.start()) {
      parts.set(
          parts.size() - 1,
          new FileSlice(last.changes(), last.start(), last.length() + part.length()));
    } else {
      parts.add(part);
    }
  }

  private static List<BlockMetaData> footer(InputFile file) {
    try (ParquetFileReader reader = ParquetFileReader.open(new ParquetInput(file))) {
      return reader.getFooter().getBlocks();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read the footer of data file %s: %s".formatted(file.location(), e.getMessage()),
          e);
    }
  }

  private record ParquetInput(InputFile file)
      implements org.apache.iceberg.shaded.org.apache.parquet.io.InputFile {
    @Override
    public long getLength() {
      return file.getLength();
    }

    @Override
    public SeekableInputStream newStream() {
      org.apache.iceberg.io.SeekableInputStream stream = file.newStream();
      return new DelegatingSeekableInputStream(stream) {
        @Override
        public long getPos() throws IOException {
          return stream.getPos();
        }

        @Override
        public void seek(long position) throws IOException {
          stream.seek(position);
        }
      };
    }
  }
}
