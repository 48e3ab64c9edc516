package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.dv.InvalidDeletionVectorException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.util.SerializationUtil;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the deletion vectors of one partition of a dataset of positions into one Puffin file, each
 * merged with the data file's old vector, and returns their manifest entries, a serialized list of
 * {@link DeleteFile}. All positions of a data file must be in one partition. A task that fails
 * deletes its file.
 */
final class WriteVectors implements MapPartitionsFunction<Row, byte[]> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(WriteVectors.class);

  /** What a vector needs to know of its data file. */
  record DataFileOfVector(String location, int specId, StructLike partition, DeleteFile vector)
      implements Serializable {}

  private final Broadcast<Table> table;
  private final Broadcast<Map<Integer, DataFileOfVector>> dataFiles;
  private final String operationId;
  private final CollectionAccumulator<String> paths;

  WriteVectors(
      Broadcast<Table> table,
      Broadcast<Map<Integer, DataFileOfVector>> dataFiles,
      String operationId,
      CollectionAccumulator<String> paths) {
    this.table = table;
    this.dataFiles = dataFiles;
    this.operationId = operationId;
    this.paths = paths;
  }

  @Override
  public Iterator<byte[]> call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return List.<byte[]>of().iterator();
    }
    TaskContext task = TaskContext.get();
    OneFile io = new OneFile(table.value().io());
    try {
      List<DeleteFile> vectors = write(rows, task, io);
      task.killTaskIfInterrupted();
      paths.add(io.location);
      return List.of(SerializationUtil.serializeToBytes(vectors)).iterator();
    } catch (IOException | RuntimeException | Error e) {
      io.deleteQuietly(e);
      throw e;
    }
  }

  private List<DeleteFile> write(Iterator<Row> rows, TaskContext task, OneFile io)
      throws IOException {
    OutputFileFactory files =
        OutputFileFactory.builderFor(table.value(), task.partitionId(), task.taskAttemptId())
            .format(FileFormat.PUFFIN)
            .operationId(operationId)
            .suffix("deletes")
            .ioSupplier(() -> io)
            .build();
    Map<Integer, DataFileOfVector> byNumber = dataFiles.value();
    Map<String, DeleteFile> oldVectors = new HashMap<>();
    BaseDVFileWriter writer =
        new BaseDVFileWriter(files, location -> load(io, oldVectors.get(location)));
    while (rows.hasNext()) {
      Row row = rows.next();
      DataFileOfVector file = byNumber.get(row.getInt(0));
      oldVectors.put(file.location(), file.vector());
      writer.delete(
          file.location(),
          row.getLong(1),
          table.value().specs().get(file.specId()),
          file.partition());
    }
    writer.close();
    return new ArrayList<>(writer.result().deleteFiles());
  }

  private static PositionDeleteIndex load(FileIO io, DeleteFile vector) {
    if (vector == null) {
      return null;
    }
    byte[] blob = new byte[Math.toIntExact(vector.contentSizeInBytes())];
    try (SeekableInputStream input =
        io.newInputFile(vector.location(), vector.fileSizeInBytes()).newStream()) {
      input.seek(vector.contentOffset());
      IOUtil.readFully(input, blob, 0, blob.length);
      DeletionVector.validate(ByteBuffer.wrap(blob));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name(vector) + ": " + e.getMessage(), e);
    } catch (InvalidDeletionVectorException e) {
      throw new IllegalStateException(
          "Cannot merge %s: %s; queries of that data file fail, too".formatted(name(vector), e), e);
    }
    return PositionDeleteIndex.deserialize(blob, vector);
  }

  private static String name(DeleteFile vector) {
    return "the deletion vector of data file %s at offset %d of Puffin file %s"
        .formatted(vector.referencedDataFile(), vector.contentOffset(), vector.location());
  }

  /** Remembers the only file that is written through it. */
  private static final class OneFile implements FileIO {
    private static final long serialVersionUID = 1L;

    private final FileIO io;
    private String location;

    OneFile(FileIO io) {
      this.io = io;
    }

    void deleteQuietly(Throwable cause) {
      if (location == null) {
        return;
      }
      boolean interrupted = Thread.interrupted();
      try {
        io.deleteFile(location);
      } catch (RuntimeException e) {
        LOG.warn("Cannot delete {}: remove_orphan_files removes it", location, e);
        cause.addSuppressed(e);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public InputFile newInputFile(String path) {
      return io.newInputFile(path);
    }

    @Override
    public InputFile newInputFile(String path, long length) {
      return io.newInputFile(path, length);
    }

    @Override
    public OutputFile newOutputFile(String path) {
      this.location = path;
      return io.newOutputFile(path);
    }

    @Override
    public void deleteFile(String path) {
      io.deleteFile(path);
    }
  }
}
