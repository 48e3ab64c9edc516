package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.verify.Entry.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/** Reads the live entries of a manifest; one that cannot be read becomes an entry that says so. */
final class ManifestEntries implements FlatMapFunction<byte[], Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Table> table;
  private final PartitionFilter where;

  /**
   * A reader of manifests.
   *
   * @param table the table, without credentials of the driver
   * @param where which delete files the caller wants checked
   */
  ManifestEntries(Broadcast<Table> table, PartitionFilter where) {
    this.table = table;
    this.where = where;
  }

  @Override
  public Iterator<Row> call(byte[] encoded) throws IOException {
    ManifestFile manifest = ManifestFiles.decode(encoded);
    boolean data = manifest.content() == ManifestContent.DATA;
    List<Row> rows = new ArrayList<>();
    try {
      if (data) {
        readData(manifest, rows);
      } else {
        readDeletes(manifest, rows);
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // Damaged lengths make Avro ask for arrays of gigabytes, which it then does not get.
      rows.add(
          Entry.RECORDS.toRow(
              unreadable(
                  data ? Kind.UNREADABLE_DATA : Kind.UNREADABLE_DELETES, manifest.path(), e)));
    }
    return rows.iterator();
  }

  static Entry unreadable(Kind kind, String path, Throwable e) {
    return new Entry(
        kind.name(), path, null, null, true, null, null, null, null, null, null, Problems.of(e));
  }

  private void readData(ManifestFile manifest, List<Row> rows) throws IOException {
    Table known = table.value();
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(manifest, known.io(), known.specs())
            .select(List.of("file_path", "partition", "record_count", "file_size_in_bytes"))) {
      for (DataFile file : reader) {
        rows.add(Entry.RECORDS.toRow(entry(Kind.DATA, file, file.location(), null)));
      }
    }
  }

  private void readDeletes(ManifestFile manifest, List<Row> rows) throws IOException {
    Table known = table.value();
    try (ManifestReader<DeleteFile> reader =
        ManifestFiles.readDeleteManifest(manifest, known.io(), known.specs())) {
      for (DeleteFile file : reader) {
        boolean vector = ContentFileUtil.isDV(file);
        Kind kind =
            vector
                ? Kind.VECTOR
                : file.content() == FileContent.EQUALITY_DELETES ? Kind.EQUALITY : Kind.POSITIONS;
        String dataFile =
            vector ? file.referencedDataFile() : ContentFileUtil.referencedDataFileLocation(file);
        rows.add(Entry.RECORDS.toRow(entry(kind, file, dataFile, vector ? problem(file) : null)));
      }
    }
  }

  private Entry entry(Kind kind, ContentFile<?> file, String dataFile, String problem) {
    PartitionSpec spec = table.value().specs().get(file.specId());
    DeleteFile vector = kind == Kind.VECTOR ? (DeleteFile) file : null;
    return new Entry(
        kind.name(),
        file.location(),
        file.specId(),
        spec.isPartitioned() ? spec.partitionToPath(file.partition()) : "",
        kind == Kind.DATA || where.matches(file),
        file.recordCount(),
        file.fileSizeInBytes(),
        kind == Kind.DATA && file.dataSequenceNumber() == null ? 0L : file.dataSequenceNumber(),
        dataFile,
        vector == null ? null : vector.contentOffset(),
        vector == null ? null : vector.contentSizeInBytes(),
        problem);
  }

  private static String problem(DeleteFile file) {
    if (file.content() != FileContent.POSITION_DELETES) {
      return "a Puffin file with content %s".formatted(file.content());
    }
    if (file.referencedDataFile() == null) {
      return "no referenced data file";
    }
    Long offset = file.contentOffset();
    Long size = file.contentSizeInBytes();
    if (offset == null || size == null || offset < 0 || size < 0 || size > Integer.MAX_VALUE) {
      return "offset %s and size %s, must be from 0 and at most 2 GB".formatted(offset, size);
    }
    return null;
  }
}
