package io.breakwater.wal.log.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take to find the end of a log of 16 MiB that its writer left open, every record
 * checked, the file being in the page cache? The rival is Hadoop's own checksummed local file
 * system that reads as many bytes to the end. The floor reads them and makes one checksum.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RecoveryBenchmark {
  private static final int BYTES = 16 << 20;
  private static final int READ_BYTES = 64 << 10;

  /** Ours, Hadoop's file system, and no format at all. */
  public enum Contender {
    BREAKWATER,
    HADOOP_LOCAL,
    FLOOR
  }

  @Param public Contender contender;

  /** Payload of each record. */
  @Param({"1024", "65536"})
  public int payloadBytes;

  private final UUID id = new UUID(1, 2);
  private final byte[] buffer = new byte[READ_BYTES];
  private Path file;
  private FileSystem hadoop;
  private org.apache.hadoop.fs.Path hadoopFile;

  @Setup
  public void write() throws IOException {
    file = Files.createTempFile("recovery-benchmark", null);
    RecordFormat format = new RecordFormat(id);
    ByteBuffer payload = ByteBuffer.allocate(payloadBytes);
    new Random(7).nextBytes(payload.array());
    ByteBuffer record = ByteBuffer.allocate(RecordFormat.RECORD_HEADER + payloadBytes);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(format.fileHeader());
      for (long position = 0; position < BYTES; position += payloadBytes) {
        record.clear();
        format.putRecordHeader(record, payload, position, position);
        record.put(payload.duplicate());
        channel.write(record.flip());
      }
    }
    hadoop = new LocalFileSystem();
    hadoop.initialize(URI.create("file:///"), new Configuration());
    hadoopFile = new org.apache.hadoop.fs.Path(file + ".hadoop");
    try (FSDataOutputStream stream = hadoop.create(hadoopFile)) {
      stream.write(Files.readAllBytes(file));
    }
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
    hadoop.delete(hadoopFile, false);
    hadoop.close();
  }

  @Benchmark
  public long scan() throws IOException {
    return switch (contender) {
      case BREAKWATER -> recover();
      case HADOOP_LOCAL -> {
        try (FSDataInputStream stream = hadoop.open(hadoopFile)) {
          long read = 0;
          for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
            read += n;
          }
          yield read;
        }
      }
      case FLOOR -> {
        CRC32C crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          ByteBuffer bytes = ByteBuffer.wrap(buffer);
          while (channel.read(bytes) >= 0) {
            crc.update(bytes.flip());
            bytes.clear();
          }
        }
        yield crc.getValue();
      }
    };
  }

  private long recover() throws IOException {
    try (RecordFile log = new RecordFile(file, id)) {
      Recovery recovery = Recovery.scan(log);
      if (recovery.length() != BYTES || recovery.tornBytes() != 0) {
        throw new IllegalStateException(recovery.toString());
      }
      return recovery.length();
    }
  }
}
