package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.dv.DeletionVectorWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.puffin.Blob;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.Puffin;
import org.apache.iceberg.puffin.PuffinWriter;

/**
 * A table whose data files each have a deletion vector in a Puffin file of its own, written without
 * Spark, so that each can be damaged in its own way.
 */
final class DamagedTable {
  static final int ROWS_PER_FILE = 100;
  static final long[] DELETED = {1, 5, 9, 50, 51, 52, 53, 54, 55, 56, 57, 58};

  final Table table;
  private final List<DataFile> dataFiles;
  private final List<Map<String, DeleteFile>> commits = new ArrayList<>();
  private final List<Runnable> afterwards = new ArrayList<>();

  DamagedTable(Table table) {
    this.table = table;
    this.dataFiles = dataFiles(table);
  }

  static DamagedTable create(LocalSpark spark, String name, int files, String clause) {
    spark.createTable(name, files * ROWS_PER_FILE, files, clause);
    return new DamagedTable(spark.table(name));
  }

  List<DataFile> dataFiles() {
    return dataFiles;
  }

  /** Deletes {@link #DELETED} of the data file. */
  DeleteFile addGood(DataFile file) {
    return add(vector(file).entry());
  }

  /**
   * Adds an entry with the next {@link #commit}, or the one after if the data file has one there.
   */
  DeleteFile add(DeleteFile entry) {
    for (Map<String, DeleteFile> commit : commits) {
      if (commit.putIfAbsent(entry.referencedDataFile(), entry) == null) {
        return entry;
      }
    }
    commits.add(new LinkedHashMap<>(Map.of(entry.referencedDataFile(), entry)));
    return entry;
  }

  void commit() {
    for (Map<String, DeleteFile> commit : commits) {
      RowDelta delta =
          table.newRowDelta().validateFromSnapshot(table.currentSnapshot().snapshotId());
      commit.values().forEach(delta::addDeletes);
      delta.commit();
    }
    commits.clear();
    afterwards.forEach(Runnable::run);
    afterwards.clear();
  }

  /** Does something after the next {@link #commit}. */
  void afterwards(Runnable change) {
    afterwards.add(change);
  }

  Vector vector(DataFile file) {
    return new Vector(file);
  }

  static byte[] blob(long... positions) {
    DeletionVectorWriter writer = new DeletionVectorWriter();
    for (long position : positions) {
      writer.add(position);
    }
    ByteBuffer blob = writer.toBlob();
    byte[] bytes = new byte[blob.remaining()];
    blob.get(bytes);
    return bytes;
  }

  /** Changes what is between length and checksum of a good blob, and makes these true again. */
  static byte[] resealed(byte[] blob, Function<ByteBuffer, ByteBuffer> change) {
    byte[] body = Arrays.copyOfRange(blob, 4, blob.length - 4);
    ByteBuffer changed =
        change.apply(ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN)).rewind();
    byte[] bytes = new byte[changed.remaining()];
    changed.get(bytes);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return ByteBuffer.allocate(bytes.length + 8)
        .putInt(bytes.length)
        .put(bytes)
        .putInt((int) crc.getValue())
        .array();
  }

  /** Changes the bytes of a file behind the back of the table. */
  static void damage(String location, UnaryOperator<byte[]> change) {
    Path file = path(location);
    try {
      Files.write(file, change.apply(Files.readAllBytes(file)));
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(String location) {
    Path file = path(location);
    try {
      Files.delete(file);
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path path(String location) {
    return Path.of(location.replaceFirst("^file:/*", "/"));
  }

  private static List<DataFile> dataFiles(Table table) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(Comparator.comparing(DataFile::location));
    return files;
  }

  /** A vector that is written as told, true or not. */
  final class Vector {
    private byte[] blob = DamagedTable.blob(DELETED);
    private String type = "deletion-vector-v1";
    private String footerDataFile;
    private String footerCardinality = String.valueOf(DELETED.length);
    private String manifestDataFile;
    private long records = DELETED.length;
    private long offsetShift;
    private Long offset;
    private Long size;
    private DataFile partitionOf;

    private Vector(DataFile file) {
      this.footerDataFile = file.location();
      this.manifestDataFile = file.location();
      this.partitionOf = file;
    }

    Vector blob(byte[] bytes) {
      blob = bytes;
      return this;
    }

    Vector positions(long... positions) {
      records = positions.length;
      footerCardinality = String.valueOf(records);
      return blob(DamagedTable.blob(positions));
    }

    Vector type(String footerType) {
      type = footerType;
      return this;
    }

    Vector footerDataFile(String path) {
      footerDataFile = path;
      return this;
    }

    Vector footerCardinality(String positions) {
      footerCardinality = positions;
      return this;
    }

    Vector manifestDataFile(String path) {
      manifestDataFile = path;
      footerDataFile = path;
      return this;
    }

    Vector records(long positions) {
      records = positions;
      return this;
    }

    Vector recordsEverywhere(long positions) {
      footerCardinality = String.valueOf(positions);
      return records(positions);
    }

    Vector offsetShift(long bytes) {
      offsetShift = bytes;
      return this;
    }

    Vector offset(long bytes) {
      offset = bytes;
      return this;
    }

    Vector size(long bytes) {
      size = bytes;
      return this;
    }

    Vector partitionOf(DataFile other) {
      partitionOf = other;
      return this;
    }

    DeleteFile entry() {
      String location =
          table.locationProvider().newDataLocation(UUID.randomUUID() + "-deletes.puffin");
      Map<String, String> properties = new HashMap<>();
      if (footerDataFile != null) {
        properties.put("referenced-data-file", footerDataFile);
      }
      if (footerCardinality != null) {
        properties.put("cardinality", footerCardinality);
      }
      BlobMetadata written;
      long fileBytes;
      try {
        PuffinWriter writer = Puffin.write(table.io().newOutputFile(location)).build();
        try (writer) {
          written =
              writer.write(
                  new Blob(
                      type, List.of(2147483645), -1, -1, ByteBuffer.wrap(blob), null, properties));
        }
        fileBytes = writer.fileSize();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return FileMetadata.deleteFileBuilder(table.specs().get(partitionOf.specId()))
          .ofPositionDeletes()
          .withFormat(FileFormat.PUFFIN)
          .withPath(location)
          .withPartition(partitionOf.partition())
          .withFileSizeInBytes(fileBytes)
          .withReferencedDataFile(manifestDataFile)
          .withContentOffset(offset != null ? offset : written.offset() + offsetShift)
          .withContentSizeInBytes(size != null ? size : written.length())
          .withRecordCount(records)
          .build();
    }
  }
}
