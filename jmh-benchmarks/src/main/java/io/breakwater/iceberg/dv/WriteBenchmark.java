package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.Random;
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
 * How long does it take to make a serialized deletion vector of ascending positions? The rival is
 * Iceberg's index, read empty from its own bytes, for its class cannot be created from outside. The
 * floor is a copy of the finished vector with a checksum.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class WriteBenchmark {

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

  private long[] deleted;
  private byte[] empty;
  private byte[] finished;
  private Vectors seed;

  @Setup
  public void draw() {
    deleted = Vectors.positions(new Random(7), positions, shape).toArray();
    seed = Vectors.of(1, 1, Vectors.Shape.DENSE);
    empty = seed.blobs().get(0);
    finished = Vectors.of(1, positions, shape).blobs().get(0);
  }

  @Benchmark
  public ByteBuffer write() {
    return switch (contender) {
      case BREAKWATER -> {
        DeletionVectorWriter writer = new DeletionVectorWriter();
        for (long position : deleted) {
          writer.add(position);
        }
        yield writer.toBlob();
      }
      case ICEBERG -> {
        PositionDeleteIndex index = PositionDeleteIndex.deserialize(empty, seed.files().get(0));
        for (long position : deleted) {
          index.delete(position);
        }
        yield index.serialize();
      }
      case FLOOR -> ByteBuffer.wrap(finished.clone()).putInt(0, (int) Vectors.checksum(finished));
    };
  }
}
