package io.breakwater.iceberg.verify;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.CharSequenceMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/** Reads version 2 position delete files: a row per data file that one names. */
final class PositionContents implements FlatMapFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Table> table;

  PositionContents(Broadcast<Table> table) {
    this.table = table;
  }

  @Override
  public Iterator<Row> call(Row row) {
    Entry entry = Entry.RECORDS.fromRow(row);
    List<Row> rows = new ArrayList<>();
    try {
      positions(entry)
          .forEach(
              (dataFile, index) ->
                  rows.add(row(entry, dataFile.toString(), index.serialize(), null)));
    } catch (RuntimeException | OutOfMemoryError e) {
      // Damaged lengths make Parquet ask for arrays of gigabytes, which it then does not get.
      rows.clear();
      rows.add(row(entry, null, null, Problems.of(e)));
    }
    return rows.iterator();
  }

  private static Row row(Entry entry, String dataFile, ByteBuffer positions, String problem) {
    return Content.RECORDS.toRow(
        new Content(dataFile, null, entry.path(), entry.sequence(), positions, problem));
  }

  private Map<CharSequence, PositionDeleteIndex> positions(Entry entry) {
    DeleteFile file =
        FileMetadata.deleteFileBuilder(PartitionSpec.unpartitioned())
            .ofPositionDeletes()
            .withFormat(FileFormat.fromFileName(entry.path()))
            .withPath(entry.path())
            .withFileSizeInBytes(entry.fileBytes())
            .withRecordCount(entry.records())
            .build();
    WholeFile loader = new WholeFile(table.value());
    loader.loadPositionDeletes(List.of(file), "");
    return loader.indexes;
  }

  /** Keeps the positions of every data file, which Iceberg's loader would cache. */
  private static final class WholeFile extends BaseDeleteLoader {
    private CharSequenceMap<PositionDeleteIndex> indexes = CharSequenceMap.create();

    WholeFile(Table table) {
      super(file -> table.io().newInputFile(file.location(), file.fileSizeInBytes()));
    }

    @Override
    protected boolean canCache(long size) {
      return true;
    }

    @Override
    @SuppressWarnings("unchecked")
    protected <V> V getOrLoad(String key, Supplier<V> supplier, long size) {
      V loaded = supplier.get();
      indexes = (CharSequenceMap<PositionDeleteIndex>) loaded;
      return loaded;
    }
  }
}
