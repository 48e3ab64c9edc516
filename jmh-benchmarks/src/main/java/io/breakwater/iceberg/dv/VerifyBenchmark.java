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
 * How fast are deletion vectors checked, in memory? The rival decodes them through Iceberg's
 * classes, which check length, magic, cardinality and checksum. {@code BREAKWATER} checks these and
 * the structure and the last position, {@code BREAKWATER_CONTENTS} each value of each container,
 * too. The floor is a checksum alone. About 4 MB of vectors per call, so that they stay in a cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class VerifyBenchmark {
  private static final int BYTES = 4 << 20;

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

  @Setup
  public void encode() {
    vectors = Vectors.filling(BYTES, positions, shape);
  }

  @Benchmark
  public long check() {
    long cardinality = 0;
    for (int i = 0; i < vectors.blobs().size(); i++) {
      byte[] blob = vectors.blobs().get(i);
      switch (contender) {
        case BREAKWATER ->
            cardinality += DeletionVector.validate(ByteBuffer.wrap(blob)).cardinality();
        case BREAKWATER_CONTENTS ->
            cardinality += DeletionVector.validateContents(ByteBuffer.wrap(blob)).cardinality();
        case ICEBERG ->
            cardinality +=
                PositionDeleteIndex.deserialize(blob, vectors.files().get(i)).cardinality();
        case FLOOR -> cardinality += Vectors.checksum(blob);
      }
    }
    if (contender != Contender.FLOOR && cardinality != (long) positions * vectors.blobs().size()) {
      throw new IllegalStateException("%d positions".formatted(cardinality));
    }
    return cardinality;
  }
}
