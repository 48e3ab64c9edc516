package io.breakwater.wal.hbase;

import io.breakwater.wal.BreakwaterWALProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
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
 * How many edits of 1 KiB does one WAL make durable in a second, each writer waiting for its own?
 * Every contender forces to the same local disk before it acknowledges ({@code hbase.wal.hsync}).
 * The floor is one plain write and force of as many bytes, by as many threads, each on a file of
 * its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "-Xmx1g",
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
      "-Dorg.apache.hbase.thirdparty.io.netty.tryReflectionSetAccessible=true"
    })
public class WalAppendBenchmark {

  private static final int VALUE_BYTES = 1024;
  private static final int MOST_WRITERS = 256;
  private static final byte[] FAMILY = Bytes.toBytes("f");

  /** Ours, HBase's two, and no WAL at all. */
  public enum Contender {
    BREAKWATER,
    ASYNCFS,
    FILESYSTEM,
    FLOOR
  }

  @Param public Contender contender;

  private final MultiVersionConcurrencyControl mvcc = new MultiVersionConcurrencyControl();
  private final RegionInfo region =
      RegionInfoBuilder.newBuilder(TableName.valueOf("benchmark")).build();
  private final NavigableMap<byte[], Integer> noScopes = new TreeMap<>(Bytes.BYTES_COMPARATOR);
  private Path directory;
  private WALFactory factory;
  private WAL wal;

  /** A file for each thread of the floor. */
  @State(Scope.Thread)
  public static class FloorFile {
    private FileChannel channel;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(VALUE_BYTES);

    @Setup
    public void open(WalAppendBenchmark benchmark) throws IOException {
      Path file = Files.createTempFile(benchmark.directory, "floor", null);
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
    }

    @TearDown
    public void close() throws IOException {
      channel.close();
    }
  }

  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory("wal-benchmark");
    if (contender == Contender.FLOOR) {
      return;
    }
    Configuration conf = HBaseConfiguration.create();
    conf.set("hbase.rootdir", directory.resolve("root").toUri().toString());
    conf.setBoolean("hbase.wal.hsync", true);
    conf.setInt("hbase.regionserver.handler.count", MOST_WRITERS);
    conf.setClass("fs.file.impl", RawLocalFileSystem.class, RawLocalFileSystem.class);
    if (contender == Contender.BREAKWATER) {
      conf.set("hbase.wal.provider", BreakwaterWALProvider.class.getName());
      // Hadoop keeps the file system of a name for the life of the process.
      conf.set("hbase.wal.dir", "bwal://benchmark-%x/hbase".formatted(System.nanoTime()));
      conf.set("breakwater.wal.embedded.dir", directory.resolve("workspaces").toString());
    } else {
      conf.set("hbase.wal.provider", contender.name().toLowerCase(Locale.ROOT));
      conf.set("hbase.wal.dir", directory.resolve("wal").toUri().toString());
    }
    factory = new WALFactory(conf, "benchmark,1,1");
    wal = factory.getWAL(region);
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    if (factory != null) {
      factory.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Benchmark
  @Threads(1)
  public void oneWriter(FloorFile floor) throws IOException {
    appendAndSync(floor);
  }

  @Benchmark
  @Threads(16)
  public void sixteenWriters(FloorFile floor) throws IOException {
    appendAndSync(floor);
  }

  @Benchmark
  @Threads(MOST_WRITERS)
  public void manyWriters(FloorFile floor) throws IOException {
    appendAndSync(floor);
  }

  private void appendAndSync(FloorFile floor) throws IOException {
    if (contender == Contender.FLOOR) {
      floor.channel.write(floor.bytes.clear());
      floor.channel.force(false);
      return;
    }
    byte[] row = Bytes.toBytes(ThreadLocalRandom.current().nextLong());
    WALEdit edit = new WALEdit();
    edit.add(new KeyValue(row, FAMILY, FAMILY, new byte[VALUE_BYTES]));
    WALKeyImpl key =
        new WALKeyImpl(
            region.getEncodedNameAsBytes(),
            region.getTable(),
            System.currentTimeMillis(),
            mvcc,
            noScopes);
    long txid = wal.appendData(region, key, edit);
    mvcc.complete(key.getWriteEntry());
    wal.sync(txid);
  }
}
