package io.breakwater.wal.log.embedded;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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
 * What does it cost to make a record of a log: header, checksums, payload? The rival is what HDFS
 * does to the bytes of a WAL, a CRC-32C for every 512 bytes, and the copy. The floor is the copy
 * alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RecordBenchmark {
  private static final int HDFS_CHUNK = 512;

  /** Ours, HDFS's checksums, and a copy. */
  public enum Contender {
    BREAKWATER,
    HDFS_CHECKSUMS,
    FLOOR
  }

  @Param public Contender contender;

  /** Bytes of the payload. */
  @Param({"100", "1024", "65536"})
  public int payloadBytes;

  private final RecordFormat format = new RecordFormat(new UUID(1, 2));
  private ByteBuffer payload;
  private ByteBuffer target;

  @Setup
  public void allocate() {
    payload = ByteBuffer.allocate(payloadBytes);
    new java.util.Random(7).nextBytes(payload.array());
    target = ByteBuffer.allocate(RecordFormat.RECORD_HEADER + 2 * payloadBytes);
  }

  @Benchmark
  public ByteBuffer encode() {
    target.clear();
    switch (contender) {
      case BREAKWATER -> format.putRecordHeader(target, payload, 1_000_000, 999_000);
      case HDFS_CHECKSUMS -> {
        CRC32C crc = new CRC32C();
        for (int at = 0; at < payloadBytes; at += HDFS_CHUNK) {
          crc.reset();
          crc.update(payload.array(), at, Math.min(HDFS_CHUNK, payloadBytes - at));
          target.putInt((int) crc.getValue());
        }
      }
      case FLOOR -> {}
    }
    return target.put(payload.duplicate());
  }
}
