package io.breakwater.wal.log;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.hbase.Bookies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many appends of 1 KiB does one log acknowledge in a second, each writer waiting for its own?
 * The engines are each other's rivals: the embedded one forces to one disk, BookKeeper's to the
 * journals of two of three bookies, processes on this machine and its one disk. The floor is a
 * plain write and force for each append, by as many threads, each on a file of its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class LogAppendBenchmark {

  private static final int BYTES = 1024;

  /** The two engines, and no log at all. */
  public enum Contender {
    EMBEDDED,
    BOOKKEEPER,
    FLOOR
  }

  @Param public Contender contender;

  private Path directory;
  private Workspace workspace;
  private LogAppender log;

  /** What a writer appends, and its file for the floor. */
  @State(Scope.Thread)
  public static class Writer {
    private final byte[] bytes = new byte[BYTES];
    private FileChannel channel;

    @Setup
    public void open(LogAppendBenchmark benchmark) throws IOException {
      channel =
          FileChannel.open(
              Files.createTempFile(benchmark.directory, "floor", null), StandardOpenOption.WRITE);
    }

    @TearDown
    public void close() throws IOException {
      channel.close();
    }
  }

  @Setup(Level.Trial)
  public void open() throws IOException, InterruptedException {
    directory = Files.createTempDirectory("log-append-benchmark");
    Configuration conf = new Configuration(false);
    switch (contender) {
      case EMBEDDED -> conf.set("breakwater.wal.embedded.dir", directory.resolve("w").toString());
      case BOOKKEEPER -> Bookies.shared().configuration().forEach(conf::set);
      case FLOOR -> {
        return;
      }
    }
    workspace = Workspaces.open("benchmark-%x".formatted(System.nanoTime()), conf);
    log = workspace.create("/log");
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    if (log != null) {
      log.close();
      workspace.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Benchmark
  @Threads(1)
  public long writers1(Writer writer) throws Exception {
    return append(writer);
  }

  @Benchmark
  @Threads(16)
  public long writers16(Writer writer) throws Exception {
    return append(writer);
  }

  @Benchmark
  @Threads(256)
  public long writers256(Writer writer) throws Exception {
    return append(writer);
  }

  private long append(Writer writer) throws IOException, InterruptedException, ExecutionException {
    ByteBuffer bytes = ByteBuffer.wrap(writer.bytes);
    if (contender == Contender.FLOOR) {
      writer.channel.write(bytes);
      writer.channel.force(false);
      return BYTES;
    }
    return log.append(bytes).get();
  }
}
