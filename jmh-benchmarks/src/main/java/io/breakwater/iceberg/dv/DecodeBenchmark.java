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
 * How long does it take to read every position of a deletion vector? Ours walks the blob, every
 * value checked first; the rival decodes it through Iceberg's classes and walks the bitmap. The
 * floor is a checksum of the blob and a loop over as many numbers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class DecodeBenchmark {

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
  private long sum;

  @Setup
  public void encode() {
    vectors = Vectors.of(1, positions, shape);
  }

  @Benchmark
  public long read() {
    byte[] blob = vectors.blobs().get(0);
    sum = 0;
    switch (contender) {
      case BREAKWATER -> DeletionVectors.forEach(ByteBuffer.wrap(blob), this::add);
      case ICEBERG ->
          PositionDeleteIndex.deserialize(blob, vectors.files().get(0)).forEach(this::add);
      case FLOOR -> {
        add(Vectors.checksum(blob));
        for (int i = 0; i < positions; i++) {
          add(i);
        }
      }
    }
    return sum;
  }

  private void add(long position) {
    sum += position;
  }
}
