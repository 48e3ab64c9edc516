package io.breakwater.wal.hbase;

import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.io.asyncfs.monitor.StreamSlowMonitor;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.regionserver.wal.ProtobufLogWriter;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
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
 * How long does it take to encode 100 edits of 1 KiB and hand them to the operating system, nothing
 * being forced? Ours encodes to a buffer that goes to an embedded log as one append. The rival is
 * HBase's {@code ProtobufLogWriter} on the local file system. The floor is a checksum and one write
 * of as many bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 200)
@Measurement(iterations = 200)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class EntryEncodeBenchmark {
  private static final int EDITS = 100;
  private static final int VALUE_BYTES = 1024;
  private static final byte[] FAMILY = Bytes.toBytes("f");

  /** Ours, HBase's, and no format at all. */
  public enum Contender {
    BREAKWATER,
    PROTOBUF_LOG_WRITER,
    FLOOR
  }

  @Param public Contender contender;

  private final List<WAL.Entry> entries = new ArrayList<>();
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(EDITS * VALUE_BYTES);
  private Path directory;
  private EmbeddedWorkspace workspace;
  private LogWriter ours;
  private ProtobufLogWriter theirs;
  private FileChannel file;

  @Setup
  public void open() throws Exception {
    directory = Files.createTempDirectory("entry-encode-benchmark");
    Configuration conf = HBaseConfiguration.create();
    FileSystem local = new RawLocalFileSystem();
    local.initialize(directory.toUri(), conf);
    StreamSlowMonitor monitor = StreamSlowMonitor.create(conf, "benchmark");
    long blockBytes = 128L << 20;
    switch (contender) {
      case BREAKWATER -> {
        workspace =
            EmbeddedWorkspace.open(directory, "benchmark", new EmbeddedOptions(false, 64L << 20));
        workspace.createDirectories("/hbase");
        ours =
            LogWriter.create(
                workspace,
                local,
                new org.apache.hadoop.fs.Path("bwal://benchmark/hbase/wal"),
                conf,
                blockBytes,
                monitor,
                LogEvents.NONE);
      }
      case PROTOBUF_LOG_WRITER -> {
        theirs = new ProtobufLogWriter();
        theirs.init(
            local,
            new org.apache.hadoop.fs.Path(directory.resolve("wal").toUri()),
            conf,
            true,
            blockBytes,
            monitor);
      }
      case FLOOR ->
          file =
              FileChannel.open(
                  directory.resolve("floor"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
    makeEntries();
  }

  private void makeEntries() {
    RegionInfo region = RegionInfoBuilder.newBuilder(TableName.valueOf("benchmark")).build();
    for (long row = 0; row < EDITS; row++) {
      WALEdit edit = new WALEdit();
      edit.add(new KeyValue(Bytes.toBytes(row), FAMILY, FAMILY, new byte[VALUE_BYTES]));
      WALKeyImpl key =
          new WALKeyImpl(
              region.getEncodedNameAsBytes(),
              region.getTable(),
              1,
              new MultiVersionConcurrencyControl(),
              new TreeMap<>(Bytes.BYTES_COMPARATOR));
      key.setWriteEntry(key.getMvcc().begin());
      entries.add(new WAL.Entry(key, edit));
    }
  }

  @TearDown
  public void close() throws IOException {
    switch (contender) {
      case BREAKWATER -> {
        ours.close();
        workspace.close();
      }
      case PROTOBUF_LOG_WRITER -> theirs.close();
      case FLOOR -> file.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Benchmark
  public long write() throws Exception {
    switch (contender) {
      case BREAKWATER -> {
        entries.forEach(ours::append);
        return ours.sync(false).get();
      }
      case PROTOBUF_LOG_WRITER -> {
        for (WAL.Entry entry : entries) {
          theirs.append(entry);
        }
        theirs.sync(false);
        return theirs.getSyncedLength();
      }
      case FLOOR -> {
        CRC32C crc = new CRC32C();
        crc.update(bytes.clear());
        file.write(bytes.clear());
        return crc.getValue();
      }
    }
    throw new IllegalStateException(contender.name());
  }
}
