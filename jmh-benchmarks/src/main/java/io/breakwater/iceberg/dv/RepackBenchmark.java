package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.deletes.PositionDeleteIndex;
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
 * How long does it take to carry deletion vectors over to a new file, in memory, 2,000 of them or
 * as many as take 16 MB? Ours checks a blob and copies its bytes, with {@code BREAKWATER_CONTENTS}
 * each value of each container, too; the rival decodes and encodes it through Iceberg's classes,
 * which check it too. The floor is a checksum and a copy.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class RepackBenchmark {

  private static final int BYTES = 16 << 20;

  /** Ours, Iceberg's classes, and no format at all. */
  public enum Contender {
    BREAKWATER,
    BREAKWATER_CONTENTS,
    ICEBERG,
    FLOOR
  }

  @Param public Contender contender;

  /** Deleted rows of each data file. */
  @Param({"10", "10000", "1000000"})
  public int positions;

  /** How they lie. */
  @Param public Vectors.Shape shape;

  private Vectors vectors;
  private ByteBuffer target;

  @Setup
  public void encode() {
    vectors = Vectors.filling(BYTES, positions, shape);
    target = ByteBuffer.allocate(vectors.bytes());
  }

  @Benchmark
  public ByteBuffer repack() {
    target.clear();
    for (int i = 0; i < vectors.blobs().size(); i++) {
      byte[] blob = vectors.blobs().get(i);
      switch (contender) {
        case BREAKWATER -> requireCount(DeletionVector.copy(ByteBuffer.wrap(blob), target));
        case BREAKWATER_CONTENTS -> {
          requireCount(DeletionVector.validateContents(ByteBuffer.wrap(blob)));
          target.put(blob);
        }
        case ICEBERG ->
            target.put(PositionDeleteIndex.deserialize(blob, vectors.files().get(i)).serialize());
        case FLOOR -> {
          target.put(blob);
          if (Vectors.checksum(blob) == 0) {
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
