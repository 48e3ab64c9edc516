package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take to carry 200 deletion vectors over to a new file, in memory? Ours checks a
 * blob and copies its bytes; the rival decodes and encodes it through Iceberg's classes, which
 * check it too. The floor is a checksum and a copy.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class RepackBenchmark {

  private static final int VECTORS = 200;
  private static final long ROWS_PER_FILE = 1_000_000;

  /** Ours, Iceberg's classes, and no format at all. */
  public enum Contender {
    BREAKWATER,
    ICEBERG,
    FLOOR
  }

  @Param public Contender contender;

  /** Deleted rows of each data file of a million rows. */
  @Param({"100", "10000"})
  public int positions;

  private final List<byte[]> blobs = new ArrayList<>();
  private final List<DeleteFile> files = new ArrayList<>();
  private ByteBuffer target;

  @Setup
  public void encode() {
    Random random = new Random(7);
    int bytes = 0;
    for (int i = 0; i < VECTORS; i++) {
      List<Long> deleted =
          random.longs(0, ROWS_PER_FILE).distinct().limit(positions).sorted().boxed().toList();
      PositionDeleteIndex index = Deletes.toPositionIndex(CloseableIterable.withNoopClose(deleted));
      ByteBuffer blob = index.serialize();
      byte[] copy = new byte[blob.remaining()];
      blob.get(copy);
      blobs.add(copy);
      files.add(
          FileMetadata.deleteFileBuilder(PartitionSpec.unpartitioned())
              .ofPositionDeletes()
              .withFormat(FileFormat.PUFFIN)
              .withPath("memory:/deletes.puffin")
              .withFileSizeInBytes(bytes + copy.length)
              .withReferencedDataFile("memory:/data-" + i + ".parquet")
              .withContentOffset(bytes)
              .withContentSizeInBytes(copy.length)
              .withRecordCount(positions)
              .build());
      bytes += copy.length;
    }
    target = ByteBuffer.allocate(bytes);
  }

  @Benchmark
  public ByteBuffer repack() {
    target.clear();
    for (int i = 0; i < VECTORS; i++) {
      byte[] blob = blobs.get(i);
      switch (contender) {
        case BREAKWATER -> requireCount(DeletionVector.copy(ByteBuffer.wrap(blob), target));
        case ICEBERG -> target.put(PositionDeleteIndex.deserialize(blob, files.get(i)).serialize());
        case FLOOR -> {
          CRC32 crc = new CRC32();
          crc.update(blob);
          target.put(blob);
          if (crc.getValue() == 0) {
            throw new IllegalStateException("unlikely");
          }
        }
      }
    }
    return target;
  }

  private void requireCount(DeletionVector vector) {
    if (vector.cardinality() != positions) {
      throw new IllegalStateException(vector + " should delete " + positions);
    }
  }
}
