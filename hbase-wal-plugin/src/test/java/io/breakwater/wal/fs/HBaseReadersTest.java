package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogNotRecoveredException;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellBuilderType;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.ExtendedCellBuilderFactory;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
import org.apache.hadoop.hbase.wal.WALStreamReader;
import org.apache.hadoop.hbase.wal.WALTailingReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WALs of HBase's own providers and of ours, read by HBase's own readers. */
class HBaseReadersTest extends OnWorkspace {

  private static final RegionInfo REGION =
      RegionInfoBuilder.newBuilder(TableName.valueOf("t")).build();
  private static final byte[] FAMILY = Bytes.toBytes("f");

  private final MultiVersionConcurrencyControl mvcc = new MultiVersionConcurrencyControl();
  private int valueBytes = 100;
  private final String server = ServerName.valueOf("rs1", 16020, 1).toString();

  @BeforeEach
  void configureHBase() throws IOException {
    conf.addResource("hbase-default.xml");
    // Hadoop's cache knows the workspace's name only, and each test has its own directory.
    conf.setBoolean("fs.bwal.impl.disable.cache", true);
    CommonFSUtils.setRootDir(conf, new Path(directory.resolve("hfiles").toUri()));
    CommonFSUtils.setWALRootDir(conf, new Path("bwal://cluster-a/hbase"));
    fs.delete(SERVER, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"filesystem", "asyncfs", "io.breakwater.wal.BreakwaterWALProvider"})
  void closedWal_isReadWhole(String provider) throws Exception {
    conf.set(WALFactory.WAL_PROVIDER, provider);
    WALFactory factory = new WALFactory(conf, server);
    Path path = write(factory, 0, 500);
    factory.close();

    Path archived = AbstractFSWALProvider.findArchivedLog(path, conf);
    try (WALStreamReader reader = factory.createStreamReader(fs, archived)) {
      assertThat(rows(reader)).isEqualTo(expectedRows(0, 500));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"filesystem", "asyncfs", "io.breakwater.wal.BreakwaterWALProvider"})
  void walOfADeadServer_isReadOnceRecovered(String provider) throws Exception {
    conf.set(WALFactory.WAL_PROVIDER, provider);
    WALFactory factory = new WALFactory(conf, server);
    Path path = write(factory, 0, 500);
    fs.rename(path.getParent(), path.getParent().suffix("-splitting"));
    Path taken = new Path(path.getParent().suffix("-splitting"), path.getName());

    assertThatThrownBy(() -> factory.createStreamReader(fs, taken))
        .isInstanceOf(LogNotRecoveredException.class);
    fs.recoverLease(taken);
    try (WALStreamReader reader = factory.createStreamReader(fs, taken)) {
      assertThat(rows(reader)).isEqualTo(expectedRows(0, 500));
    }
    shutDownTheZombie(factory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"filesystem", "asyncfs", "io.breakwater.wal.BreakwaterWALProvider"})
  void tailingReader_followsAWalThatIsBeingWritten(String provider) throws Exception {
    conf.set(WALFactory.WAL_PROVIDER, provider);
    WALFactory factory = new WALFactory(conf, server);
    Path path = write(factory, 0, 100);
    List<String> rows = new ArrayList<>();
    try (WALTailingReader reader = WALFactory.createTailingReader(fs, path, conf, -1)) {
      tail(reader, fs.getFileStatus(path).getLen(), rows);
      assertThat(rows).isEqualTo(expectedRows(0, 100));

      write(factory, 100, 200);
      reader.resetTo(reader.getPosition(), false);
      tail(reader, fs.getFileStatus(path).getLen(), rows);
      assertThat(rows).isEqualTo(expectedRows(0, 200));
    }
    factory.close();
  }

  @ParameterizedTest
  @CsvSource({
    "filesystem, 100",
    "asyncfs, 100",
    "io.breakwater.wal.BreakwaterWALProvider, 100",
    "filesystem, 3000000",
    "asyncfs, 3000000",
    "io.breakwater.wal.BreakwaterWALProvider, 3000000"
  })
  void damagedWal_isAnError_andNotAnEndOfTheWal(String provider, int valueSize) throws Exception {
    conf.set(WALFactory.WAL_PROVIDER, provider);
    valueBytes = valueSize;
    WALFactory factory = new WALFactory(conf, server);
    Path path = write(factory, 0, 7);
    factory.close();
    damageTheLargestLog();

    Path archived = AbstractFSWALProvider.findArchivedLog(path, conf);
    List<String> rows = new ArrayList<>();
    try (WALStreamReader reader = factory.createStreamReader(fs, archived)) {
      assertThatThrownBy(() -> collectRows(reader, rows))
          .isNotInstanceOf(EOFException.class)
          .hasStackTraceContaining(LogCorruptException.class.getName());
    }
    assertThat(rows).isEqualTo(expectedRows(0, rows.size())).hasSizeBetween(1, 6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"filesystem", "io.breakwater.wal.BreakwaterWALProvider"})
  void noDamagedByte_shortensAWalSilently(String provider) throws Exception {
    conf.set(WALFactory.WAL_PROVIDER, provider);
    WALFactory factory = new WALFactory(conf, server);
    Path path = write(factory, 0, 7);
    factory.close();
    Path archived = AbstractFSWALProvider.findArchivedLog(path, conf);

    int errors = 0;
    try (RandomAccessFile file = new RandomAccessFile(largestLog().toFile(), "rw")) {
      for (long offset = 0; offset < file.length(); offset++) {
        flip(file, offset);
        List<String> rows = new ArrayList<>();
        try (WALStreamReader reader = factory.createStreamReader(fs, archived)) {
          collectRows(reader, rows);
          assertThat(rows).as("damage at %s", offset).isEqualTo(expectedRows(0, 7));
        } catch (EOFException e) {
          assertThat(rows).as("damage at %s", offset).isEqualTo(expectedRows(0, 7));
        } catch (IOException e) {
          assertThat(e).hasStackTraceContaining(LogCorruptException.class.getName());
          errors++;
        }
        flip(file, offset);
      }
    }
    assertThat(errors).isGreaterThan(500);
  }

  private void damageTheLargestLog() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(largestLog().toFile(), "rw")) {
      flip(file, file.length() * 6 / 10);
    }
  }

  private java.nio.file.Path largestLog() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flip(RandomAccessFile file, long offset) throws IOException {
    file.seek(offset);
    int old = file.read();
    file.seek(offset);
    file.write(~old);
  }

  /** Some of HBase's providers try to write a trailer then, and say that they cannot. */
  private static void shutDownTheZombie(WALFactory factory) {
    try {
      factory.shutdown();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("fenced");
    }
  }

  private Path write(WALFactory factory, int from, int to) throws IOException {
    WAL wal = factory.getWAL(REGION);
    NavigableMap<byte[], Integer> scopes = new TreeMap<>(Bytes.BYTES_COMPARATOR);
    scopes.put(FAMILY, 0);
    for (int i = from; i < to; i++) {
      Cell cell =
          ExtendedCellBuilderFactory.create(CellBuilderType.DEEP_COPY)
              .setRow(Bytes.toBytes(row(i)))
              .setFamily(FAMILY)
              .setQualifier(FAMILY)
              .setTimestamp(1)
              .setType(Cell.Type.Put)
              .setValue(new byte[valueBytes])
              .build();
      long transaction =
          wal.appendData(
              REGION,
              new WALKeyImpl(REGION.getEncodedNameAsBytes(), REGION.getTable(), 1L, mvcc, scopes),
              new WALEdit().add(cell));
      wal.sync(transaction);
    }
    return AbstractFSWALProvider.getCurrentFileName(wal);
  }

  private static List<String> rows(WALStreamReader reader) throws IOException {
    List<String> rows = new ArrayList<>();
    try {
      collectRows(reader, rows);
      return rows;
    } catch (EOFException e) {
      // How this reader of HBase ends a WAL that its writer did not end with a trailer.
      return rows;
    }
  }

  private static void collectRows(WALStreamReader reader, List<String> rows) throws IOException {
    for (WAL.Entry entry = reader.next(); entry != null; entry = reader.next()) {
      entry.getEdit().getCells().forEach(cell -> rows.add(rowOf(cell)));
    }
  }

  private static void tail(WALTailingReader reader, long limit, List<String> rows) {
    for (WALTailingReader.Result result = reader.next(limit);
        result.getState() == WALTailingReader.State.NORMAL;
        result = reader.next(limit)) {
      result.getEntry().getEdit().getCells().forEach(cell -> rows.add(rowOf(cell)));
    }
  }

  private static String rowOf(Cell cell) {
    return Bytes.toString(CellUtil.cloneRow(cell));
  }

  private static List<String> expectedRows(int from, int to) {
    List<String> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(row(i));
    }
    return rows;
  }

  private static String row(int i) {
    return "row-" + i;
  }
}
