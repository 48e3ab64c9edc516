package io.breakwater.lineage.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * How long does it take until 100 events of 4 KiB are on the disk? The rival forces a file after
 * each event. The floor writes all of them at once and forces the file once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 50)
@Measurement(iterations = 100)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class SpoolAppendBenchmark {
  private static final int EVENTS = 100;
  private static final int BYTES = 4096;

  /** Ours, one force for each event, and one for all. */
  public enum Contender {
    BREAKWATER,
    FORCE_EACH,
    FLOOR
  }

  @Param public Contender contender;

  private final byte[] event = new byte[BYTES];
  private final ByteBuffer all = ByteBuffer.allocateDirect(EVENTS * BYTES);
  private Path directory;
  private Spool spool;
  private FileChannel file;

  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory("spool-append-benchmark");
    if (contender == Contender.BREAKWATER) {
      spool =
          Spool.open(
              directory,
              SpoolOptions.defaults(),
              damage -> {
                throw new IllegalStateException(damage.toString());
              });
    } else {
      file =
          FileChannel.open(
              directory.resolve("events"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
  }

  @TearDown
  public void close() throws IOException {
    if (spool == null) {
      file.close();
    } else {
      spool.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Benchmark
  public long durable() throws IOException, InterruptedException {
    switch (contender) {
      case BREAKWATER -> {
        for (int i = 0; i < EVENTS; i++) {
          spool.append(event);
        }
        if (!spool.flush(Duration.ofMinutes(1)) || spool.counters().dropped() > 0) {
          throw new IllegalStateException(spool.counters().dropped() + " events dropped");
        }
      }
      case FORCE_EACH -> {
        for (int i = 0; i < EVENTS; i++) {
          file.write(ByteBuffer.wrap(event));
          file.force(false);
        }
      }
      case FLOOR -> {
        file.write(all.clear());
        file.force(false);
      }
    }
    return EVENTS;
  }
}
