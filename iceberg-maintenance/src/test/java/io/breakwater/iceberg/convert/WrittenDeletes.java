package io.breakwater.iceberg.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** Delete files as Flink and version 2 writers make them, with Iceberg's generic writers. */
public final class WrittenDeletes {
  private WrittenDeletes() {}

  /** One row of a position delete file. */
  public record At(DataFile file, long position) {}

  /** An equality delete file of the whole table or, if it is partitioned, of one partition. */
  public static DeleteFile equality(
      Table table, StructLike partition, List<String> columns, Object[]... rows) {
    return equality(table, table.schema(), table.spec(), partition, columns, rows);
  }

  public static DeleteFile equality(
      Table table,
      Schema schema,
      PartitionSpec spec,
      StructLike partition,
      List<String> columns,
      Object[]... rows) {
    Schema keys = schema.select(columns);
    int[] ids = columns.stream().mapToInt(column -> schema.findField(column).fieldId()).toArray();
    try {
      EqualityDeleteWriter<Record> writer =
          Parquet.writeDeletes(output(table, spec, partition))
              .forTable(table)
              .withSpec(spec)
              .withPartition(partition)
              .rowSchema(keys)
              .createWriterFunc(GenericParquetWriter::create)
              .equalityFieldIds(Arrays.stream(ids).boxed().toList())
              .overwrite()
              .buildEqualityWriter();
      try (writer) {
        for (Object[] values : rows) {
          GenericRecord row = GenericRecord.create(keys);
          for (int i = 0; i < values.length; i++) {
            row.setField(columns.get(i), values[i]);
          }
          writer.write(row);
        }
      }
      return writer.toDeleteFile();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A version 2 position delete file. */
  public static DeleteFile positions(Table table, StructLike partition, List<At> deletes) {
    try {
      PositionDeleteWriter<Record> writer =
          Parquet.writeDeletes(output(table, table.spec(), partition))
              .withSpec(table.spec())
              .withPartition(partition)
              .overwrite()
              .buildPositionWriter();
      PositionDelete<Record> delete = PositionDelete.create();
      try (writer) {
        for (At at : deletes) {
          writer.write(delete.set(at.file().location(), at.position()));
        }
      }
      return writer.toDeleteFile();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static StructLike partition(PartitionSpec spec, Object... values) {
    PartitionData partition = new PartitionData(spec.partitionType());
    for (int i = 0; i < values.length; i++) {
      partition.set(i, values[i]);
    }
    return partition;
  }

  public static void add(Table table, DeleteFile... deletes) {
    RowDelta commit = table.newRowDelta();
    Arrays.stream(deletes).forEach(commit::addDeletes);
    commit.commit();
  }

  /** The data files in the order of their paths. */
  public static List<DataFile> dataFiles(Table table) {
    table.refresh();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      List<DataFile> files = new ArrayList<>();
      tasks.forEach(task -> files.add(task.file()));
      files.sort(Comparator.comparing(DataFile::location));
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Object[] row(Object... values) {
    return values;
  }

  private static OutputFile output(Table table, PartitionSpec spec, StructLike partition) {
    String name = UUID.randomUUID() + "-deletes.parquet";
    return table
        .io()
        .newOutputFile(
            partition == null
                ? table.locationProvider().newDataLocation(name)
                : table.locationProvider().newDataLocation(spec, partition, name));
  }
}
