package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.List;
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
 * How long does it take to unite 20 serialized deletion vectors of a data file into one serialized
 * vector? Ours walks the blobs; the rival decodes, merges and encodes through Iceberg's classes.
 * The floor is a checksum of each and a copy of the result.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class OrBenchmark {
  private static final int VECTORS = 20;

  /** Ours, Iceberg's classes, and no format at all. */
  public enum Contender {
    BREAKWATER,
    ICEBERG,
    FLOOR
  }

  @Param public Contender contender;

  /** Positions of each vector. */
  @Param({"10", "10000", "1000000"})
  public int positions;

  /** How they lie. */
  @Param public Vectors.Shape shape;

  private Vectors vectors;
  private List<ByteBuffer> blobs;
  private byte[] united;

  @Setup
  public void encode() {
    vectors = Vectors.of(VECTORS, positions, shape);
    blobs = vectors.blobs().stream().map(ByteBuffer::wrap).toList();
    ByteBuffer union = DeletionVectors.or(blobs);
    united = new byte[union.remaining()];
    union.get(united);
  }

  @Benchmark
  public ByteBuffer or() {
    return switch (contender) {
      case BREAKWATER -> DeletionVectors.or(blobs);
      case ICEBERG -> {
        PositionDeleteIndex union =
            PositionDeleteIndex.deserialize(vectors.blobs().get(0), vectors.files().get(0));
        for (int i = 1; i < VECTORS; i++) {
          union.merge(
              PositionDeleteIndex.deserialize(vectors.blobs().get(i), vectors.files().get(i)));
        }
        yield union.serialize();
      }
      case FLOOR -> {
        long sum = 0;
        for (byte[] blob : vectors.blobs()) {
          sum += Vectors.checksum(blob);
        }
        yield ByteBuffer.wrap(united.clone()).putInt(0, (int) sum);
      }
    };
  }
}
