package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogNotRecoveredException;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
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
import org.junit.jupiter.params.provider.ValueSource;

/** WALs of HBase's own providers and of ours, read by HBase's own readers. */
class HBaseReadersTest extends OnWorkspace {

  private static final RegionInfo REGION =
      RegionInfoBuilder.newBuilder(TableName.valueOf("t")).build();
  private static final byte[] FAMILY = Bytes.toBytes("f");

  private final MultiVersionConcurrencyControl mvcc = new MultiVersionConcurrencyControl();
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
              .setValue(new byte[100])
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
      for (WAL.Entry entry = reader.next(); entry != null; entry = reader.next()) {
        entry.getEdit().getCells().forEach(cell -> rows.add(rowOf(cell)));
      }
      return rows;
    } catch (EOFException e) {
      // How this reader of HBase ends a WAL that its writer did not end with a trailer.
      return rows;
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
