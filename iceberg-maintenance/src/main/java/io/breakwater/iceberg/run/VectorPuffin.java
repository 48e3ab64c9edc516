package io.breakwater.iceberg.run;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.puffin.Blob;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinWriter;
import org.apache.iceberg.puffin.StandardBlobTypes;

/**
 * A new Puffin file into which the blobs of deletion vectors are copied. The entry of a copy
 * differs from the old one in file, offset and size only; its sequence number is given when it is
 * added to the table. Not thread-safe.
 */
public final class VectorPuffin implements Closeable {
  private static final String REFERENCED_DATA_FILE = "referenced-data-file";
  private static final String CARDINALITY = "cardinality";

  private final Table table;
  private final String path;
  private final PuffinWriter writer;
  private final List<DeleteFile> entries = new ArrayList<>();
  private final List<BlobMetadata> blobs = new ArrayList<>();

  /**
   * Begins the file.
   *
   * @param table where the partition specs come from
   * @param output where the file goes
   */
  public VectorPuffin(Table table, OutputFile output) {
    this.table = table;
    this.path = output.location();
    this.writer = Puffin.write(output).createdBy("Breakwater").build();
  }

  /** Writes the blob of {@code entry}, from its position to its limit, unchanged. */
  public void add(DeleteFile entry, ByteBuffer blob) {
    blobs.add(
        writer.write(
            new Blob(
                StandardBlobTypes.DV_V1,
                List.of(MetadataColumns.ROW_POSITION.fieldId()),
                -1,
                -1,
                blob,
                null,
                Map.of(
                    REFERENCED_DATA_FILE,
                    entry.referencedDataFile(),
                    CARDINALITY,
                    String.valueOf(entry.recordCount())))));
    entries.add(entry);
  }

  /** Ends the file. */
  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** The size of the file; only after {@link #close}. */
  public long fileBytes() {
    return writer.fileSize();
  }

  /** The entries of the copies in the order of {@link #add}; only after {@link #close}. */
  public List<DeleteFile> copies() {
    List<DeleteFile> copies = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      copies.add(copy(entries.get(i), blobs.get(i)));
    }
    return copies;
  }

  private DeleteFile copy(DeleteFile old, BlobMetadata blob) {
    return FileMetadata.deleteFileBuilder(table.specs().get(old.specId()))
        .ofPositionDeletes()
        .withFormat(FileFormat.PUFFIN)
        .withPath(path)
        .withPartition(old.partition())
        .withFileSizeInBytes(fileBytes())
        .withReferencedDataFile(old.referencedDataFile())
        .withContentOffset(blob.offset())
        .withContentSizeInBytes(blob.length())
        .withRecordCount(old.recordCount())
        .build();
  }
}
