package io.breakwater.iceberg.plan;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.DVFileWriter;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * A table whose vectors and Puffin files are real, written by Iceberg's classes, while its data
 * files are entries in manifests only.
 */
public final class SyntheticTable {
  private static final int FILES_OF_AN_APPEND = 1_000;
  private static final int ROWS_OF_A_FILE = 1_000_000;
  private static final long BYTES_OF_A_FILE = 128L << 20;
  private static final int PARTITIONS = 100;

  private final Table table;
  private final long seed;
  private final Map<String, DeleteFile> vectors = new HashMap<>();

  /** Around an empty table of format version 3 with one integer partition column. */
  public SyntheticTable(Table table, long seed) {
    this.table = table;
    this.seed = seed;
  }

  /** Adds so many data files, 1,000 in a commit. */
  public void append(int files) {
    for (int first = 0; first < files; first += FILES_OF_AN_APPEND) {
      AppendFiles append = table.newAppend();
      IntStream.range(first, Math.min(files, first + FILES_OF_AN_APPEND))
          .mapToObj(this::dataFile)
          .forEach(append::appendFile);
      append.commit();
    }
  }

  /**
   * What one DELETE leaves: one Puffin file with a vector for each data file that it touched, each
   * with the positions that were deleted before.
   */
  public void delete(List<Integer> files, int number, int positionsOfAVector) throws IOException {
    OutputFileFactory puffins =
        OutputFileFactory.builderFor(table, 0, number).format(FileFormat.PUFFIN).build();
    Random random = new Random(seed + number);
    DVFileWriter writer = new BaseDVFileWriter(puffins, this::deletedBefore);
    try (writer) {
      for (int file : files) {
        for (int i = 0; i < positionsOfAVector; i++) {
          writer.delete(path(file), random.nextInt(ROWS_OF_A_FILE), table.spec(), partition(file));
        }
      }
    }
    DeleteWriteResult result = writer.result();
    RowDelta delta = table.newRowDelta().validateFromSnapshot(table.currentSnapshot().snapshotId());
    result.deleteFiles().forEach(delta::addDeletes);
    result.rewrittenDeleteFiles().forEach(delta::removeDeletes);
    delta.commit();
    result.deleteFiles().forEach(vector -> vectors.put(vector.referencedDataFile(), vector));
  }

  private PositionDeleteIndex deletedBefore(String path) {
    DeleteFile vector = vectors.get(path);
    return vector == null
        ? null
        : new BaseDeleteLoader(file -> table.io().newInputFile(file.location()))
            .loadPositionDeletes(List.of(vector), path);
  }

  private DataFile dataFile(int number) {
    return DataFiles.builder(table.spec())
        .withPath(path(number))
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition(number))
        .withFileSizeInBytes(BYTES_OF_A_FILE)
        .withRecordCount(ROWS_OF_A_FILE)
        .build();
  }

  private String path(int number) {
    return "%s/data/part=%d/file-%06d.parquet"
        .formatted(table.location(), number % PARTITIONS, number);
  }

  private PartitionData partition(int number) {
    PartitionData partition = new PartitionData(table.spec().partitionType());
    partition.set(0, number % PARTITIONS);
    return partition;
  }
}
