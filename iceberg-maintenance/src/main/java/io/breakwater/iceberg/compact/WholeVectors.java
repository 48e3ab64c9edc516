package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.dv.InvalidDeletionVectorException;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Makes sure, before a data file is dropped, that its deletion vector itself deletes every row. The
 * manifest only says how many positions it has, and nothing stops a writer from positions that no
 * row has.
 */
final class WholeVectors {
  private static final int VECTORS_PER_TASK = 64;

  private final SparkContext context;
  private final Target target;

  /** Where a blob is and what it has to delete: positions 0 to rows - 1. */
  private record Whole(String dataFile, long rows, String puffin, long offset, long bytes)
      implements Serializable {}

  WholeVectors(SparkContext context, Target target) {
    this.context = context;
    this.target = target;
  }

  /**
   * Reads the vectors of {@code files} on the executors.
   *
   * @throws IllegalStateException if one is damaged or leaves a row alive
   */
  void require(List<Choice> files) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(context);
    Broadcast<Table> table = spark.broadcast(SerializableTable.copyOf(target.table()));
    try {
      List<Whole> vectors = files.stream().map(WholeVectors::whole).toList();
      List<String> faults =
          spark
              .parallelize(vectors, 1 + vectors.size() / VECTORS_PER_TASK)
              .map(vector -> fault(table.value(), vector))
              .filter(fault -> !fault.isEmpty())
              .take(1);
      if (!faults.isEmpty()) {
        throw new IllegalStateException(
            "%s; verify_deletion_vectors says what else is damaged".formatted(faults.get(0)));
      }
    } finally {
      table.destroy();
    }
  }

  private static Whole whole(Choice file) {
    DeleteFile vector = file.vector().orElseThrow();
    return new Whole(
        file.path(),
        file.task().file().recordCount(),
        vector.location(),
        vector.contentOffset(),
        vector.contentSizeInBytes());
  }

  private static String fault(Table table, Whole whole) {
    byte[] blob = new byte[Math.toIntExact(whole.bytes())];
    try (SeekableInputStream input = table.io().newInputFile(whole.puffin()).newStream()) {
      input.seek(whole.offset());
      IOUtil.readFully(input, blob, 0, blob.length);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read %d bytes at offset %d of Puffin file %s: %s"
              .formatted(blob.length, whole.offset(), whole.puffin(), e.getMessage()),
          e);
    }
    String where =
        "data file %s has a deletion vector, at offset %d of %s, "
            .formatted(whole.dataFile(), whole.offset(), whole.puffin());
    try {
      DeletionVector vector = DeletionVector.validateContents(ByteBuffer.wrap(blob));
      return vector.cardinality() == whole.rows() && vector.lastPosition() == whole.rows() - 1
          ? ""
          : where
              + "of %d positions up to %d, the manifests say that it deletes all %d rows"
                  .formatted(vector.cardinality(), vector.lastPosition(), whole.rows());
    } catch (InvalidDeletionVectorException e) {
      return where + "that is damaged: " + e.getMessage();
    }
  }
}
