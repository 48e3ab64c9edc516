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
 * How long does it take to see that no position of a deletion vector lies beyond the rows of its
 * data file? Ours reads the last position off the validated blob; the rival decodes it through
 * Iceberg's classes, which know no last position, and looks at each. The floor is the checksum that
 * both make first.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class RangeCheckBenchmark {

  /** Ours, Iceberg's classes, and no format at all. */
  public enum Contender {
    BREAKWATER,
    ICEBERG,
    FLOOR
  }

  @Param public Contender contender;

  /** Positions of the vector. */
  @Param({"10", "10000", "1000000"})
  public int positions;

  /** How they lie. */
  @Param public Vectors.Shape shape;

  private Vectors vectors;
  private long rows;
  private long last;

  @Setup
  public void encode() {
    vectors = Vectors.of(1, positions, shape);
    rows = DeletionVector.validate(ByteBuffer.wrap(vectors.blobs().get(0))).lastPosition() + 1;
  }

  @Benchmark
  public boolean inRange() {
    byte[] blob = vectors.blobs().get(0);
    return switch (contender) {
      case BREAKWATER -> DeletionVector.validate(ByteBuffer.wrap(blob)).lastPosition() < rows;
      case ICEBERG -> {
        last = -1;
        PositionDeleteIndex.deserialize(blob, vectors.files().get(0))
            .forEach(position -> last = Math.max(last, position));
        yield last < rows;
      }
      case FLOOR -> Vectors.checksum(blob) != rows;
    };
  }
}
