package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.fs.BwalFileSystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.regionserver.wal.ProtobufLogReader;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.FSHLogProvider;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
import org.apache.hadoop.hbase.wal.WALProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckedLogReaderTest {

  private static final Path LOG = new Path("bwal://cluster-a/hbase/WALs/log.1");
  private static final int ENTRIES = 5;
  private static final int VALUE_BYTES = 1 << 20;

  @TempDir private java.nio.file.Path directory;

  private final Configuration conf = HBaseConfiguration.create();
  private BwalFileSystem fs;

  @BeforeEach
  void writeLog() throws IOException {
    conf.set("breakwater.wal.embedded.dir", directory.toString());
    conf.setBoolean("fs.bwal.impl.disable.cache", true);
    fs = new BwalFileSystem();
    fs.initialize(URI.create("bwal://cluster-a/"), conf);
    fs.mkdirs(LOG.getParent());
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    try (WALProvider.Writer writer = FSHLogProvider.createWriter(conf, fs, LOG, false)) {
      for (int i = 0; i < ENTRIES; i++) {
        WALKeyImpl key =
            new WALKeyImpl(
                Bytes.toBytes("0123456789abcdef"),
                TableName.valueOf("t"),
                i,
                i,
                HConstants.DEFAULT_CLUSTER_ID);
        byte[] row = Bytes.toBytes(i);
        WALEdit edit = new WALEdit().add(new KeyValue(row, row, row, i, value));
        writer.append(new WAL.Entry(key, edit));
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    fs.close();
  }

  @Test
  void soundLog_isReadToItsEnd() throws IOException {
    assertThat(read(new CheckedLogReader())).isEqualTo(ENTRIES);
  }

  @Test
  void damageWithinAnEntry_passesForTheEnd_withTheReaderOfHBase() throws IOException {
    damage();
    assertThat(read(new ProtobufLogReader())).isLessThan(ENTRIES);
  }

  @Test
  void damageWithinAnEntry_isAnError() throws IOException {
    damage();
    assertThatThrownBy(() -> read(new CheckedLogReader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged at offset");
  }

  private void damage() throws IOException {
    java.nio.file.Path log;
    try (Stream<java.nio.file.Path> files = Files.walk(directory)) {
      log = files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      long middle = file.length() / 2;
      file.seek(middle);
      int was = file.read();
      file.seek(middle);
      file.write(was ^ 1);
    }
  }

  private int read(ProtobufLogReader reader) throws IOException {
    int entries = 0;
    try (reader) {
      reader.init(fs, LOG, conf, null);
      while (reader.next() != null) {
        entries++;
      }
    }
    return entries;
  }
}
