package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.BreakwaterWALProvider;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.io.crypto.KeyStoreKeyProvider;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.regionserver.wal.AbstractFSWAL;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
import org.apache.hadoop.hbase.wal.WALStreamReader;
import org.apache.hadoop.hbase.wal.WALTailingReader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HBase's WAL factory, readers and rolls on our provider, in one process. */
class ProviderTest {

  private static final byte[] FAMILY = Bytes.toBytes("f");
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String SERVER = "localhost,16020,1";

  @TempDir java.nio.file.Path directory;

  private final MultiVersionConcurrencyControl mvcc = new MultiVersionConcurrencyControl();
  private final NavigableMap<byte[], Integer> noScopes = new TreeMap<>(Bytes.BYTES_COMPARATOR);
  private final RegionInfo region = RegionInfoBuilder.newBuilder(TableName.valueOf("t")).build();
  private final Random random = new Random(20261120);
  private final List<Cell> written = new ArrayList<>();
  // Hadoop keeps one file system object per authority in a process.
  private final String workspace = "bwal://provider-test-" + COUNT.incrementAndGet();
  private Configuration conf;
  private WALFactory factory;

  @BeforeEach
  void configure() {
    conf = HBaseConfiguration.create();
    conf.set("hbase.rootdir", directory.resolve("root").toUri().toString());
    conf.set("hbase.wal.dir", workspace + "/hbase");
    conf.set("hbase.wal.provider", BreakwaterWALProvider.class.getName());
    conf.set("breakwater.wal.embedded.dir", directory.resolve("workspaces").toString());
  }

  @AfterEach
  void close() throws IOException {
    if (factory != null) {
      factory.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "true, true"})
  void edits_areReadBackByHBasesReader(boolean compression, boolean valueCompression)
      throws IOException {
    conf.setBoolean("hbase.regionserver.wal.enablecompression", compression);
    conf.setBoolean("hbase.regionserver.wal.value.enablecompression", valueCompression);
    WAL wal = openWal();
    for (int i = 0; i < 500; i++) {
      append(wal, random.nextInt(2000));
    }
    append(wal, 3 << 20);
    Path file = currentFile(wal);
    factory.close();

    Path archived = CommonFSUtils.getWALFileSystem(conf).exists(file) ? file : archived(file);
    assertThat(cells(archived)).usingElementComparator(ProviderTest::compare).isEqualTo(written);
  }

  @Test
  void walThatHBaseEncrypts_isReadBackWithTheKeyAlone_andShowsNothingWithoutIt() throws Exception {
    conf.setBoolean("hbase.regionserver.wal.encryption", true);
    conf.set("hbase.crypto.keyprovider", KeyStoreKeyProvider.class.getName());
    conf.set("hbase.crypto.keyprovider.parameters", keystore("right", (byte) 1));
    conf.set("hbase.crypto.master.key.name", "master");
    WAL wal = openWal();
    for (int i = 0; i < 50; i++) {
      append(wal, 200);
    }
    Path file = currentFile(wal);
    factory.close();

    assertThat(cells(file)).usingElementComparator(ProviderTest::compare).isEqualTo(written);
    try (Stream<java.nio.file.Path> files = Files.walk(directory.resolve("workspaces"))) {
      for (java.nio.file.Path stored : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(stored);
        assertThat(written).noneMatch(cell -> indexOf(bytes, CellUtil.cloneValue(cell)) >= 0);
      }
    }
    conf.set("hbase.crypto.keyprovider.parameters", keystore("wrong", (byte) 2));
    assertThatThrownBy(() -> cells(file)).isInstanceOf(IOException.class);
  }

  /** The parameter by which HBase finds a keystore with a master key. */
  private String keystore(String name, byte key) throws Exception {
    byte[] secret = new byte[16];
    Arrays.fill(secret, key);
    char[] password = "password".toCharArray();
    KeyStore store = KeyStore.getInstance("JCEKS");
    store.load(null, password);
    store.setEntry(
        "master",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(secret, "AES")),
        new KeyStore.PasswordProtection(password));
    java.nio.file.Path file = directory.resolve(name + ".jceks");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password);
    }
    return "jceks://" + file + "?password=password";
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void rolledWal_isSealed_andTheNextOneGoesOn() throws IOException {
    WAL wal = openWal();
    append(wal, 100);
    Path first = currentFile(wal);
    wal.rollWriter(true);
    append(wal, 100);
    Path second = currentFile(wal);

    assertThat(second).isNotEqualTo(first);
    LeaseRecoverable fs = (LeaseRecoverable) CommonFSUtils.getWALFileSystem(conf);
    Awaitility.await().until(() -> fs.isFileClosed(first));
    assertThat(fs.isFileClosed(second)).isFalse();
    List<Cell> found = new ArrayList<>(cells(first));
    found.addAll(cells(second));
    assertThat(found).usingElementComparator(ProviderTest::compare).isEqualTo(written);
  }

  @Test
  void tailingReader_followsTheWalThatIsBeingWritten() throws IOException {
    WAL wal = openWal();
    append(wal, 100);
    try (WALTailingReader reader =
        WALFactory.createTailingReader(
            CommonFSUtils.getWALFileSystem(conf), currentFile(wal), conf, -1)) {
      List<Cell> found = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        WALTailingReader.Result result = reader.next(-1);
        for (; result.getState() == WALTailingReader.State.NORMAL; result = reader.next(-1)) {
          found.addAll(result.getEntry().getEdit().getCells());
        }
        assertThat(result.getState()).isEqualTo(WALTailingReader.State.EOF_AND_RESET);
        assertThat(found).usingElementComparator(ProviderTest::compare).isEqualTo(written);
        append(wal, random.nextInt(5000));
        reader.resetTo(reader.getPosition(), false);
      }
    }
  }

  @Test
  void groupedRegions_haveWalsOfOurs() throws IOException {
    conf.set("hbase.wal.provider", "multiwal");
    conf.set("hbase.wal.regiongrouping.delegate.provider", BreakwaterWALProvider.class.getName());
    WAL wal = openWal();
    append(wal, 100);
    assertThat(wal).isInstanceOf(BreakwaterWAL.class);
    assertThat(currentFile(wal).toString())
        .startsWith(workspace + "/hbase/")
        .contains("regiongroup-");
    assertThat(cells(currentFile(wal)))
        .usingElementComparator(ProviderTest::compare)
        .isEqualTo(written);
  }

  @Test
  void walOfARecoveredServer_cannotRoll() throws IOException {
    WAL wal = openWal();
    append(wal, 100);
    Path file = currentFile(wal);
    Path taken = file.getParent().suffix("-splitting");
    FileSystem fs = CommonFSUtils.getWALFileSystem(conf);
    assertThat(fs.rename(file.getParent(), taken)).isTrue();

    assertThatThrownBy(() -> wal.rollWriter(true)).isInstanceOf(IOException.class);
    ((LeaseRecoverable) fs).recoverLease(new Path(taken, file.getName()));
    assertThat(cells(new Path(taken, file.getName())))
        .usingElementComparator(ProviderTest::compare)
        .isEqualTo(written);
  }

  @Test
  void walDirOutsideAWorkspace_isRefused() {
    conf.set("hbase.wal.dir", directory.resolve("wal").toUri().toString());
    assertThatThrownBy(this::openWal)
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("Invalid hbase.wal.dir: ")
        .hasStackTraceContaining("must be bwal://<workspace>/<directory>");
  }

  private WAL openWal() throws IOException {
    factory = new WALFactory(conf, SERVER);
    return factory.getWAL(region);
  }

  private void append(WAL wal, int valueBytes) throws IOException {
    byte[] value = new byte[valueBytes];
    random.nextBytes(value);
    KeyValue cell = new KeyValue(Bytes.toBytes(written.size()), FAMILY, FAMILY, value);
    WALEdit edit = new WALEdit();
    edit.add(cell);
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
    written.add(cell);
  }

  private static Path currentFile(WAL wal) {
    return ((AbstractFSWAL<?>) wal).getCurrentFileName();
  }

  private Path archived(Path file) throws IOException {
    return new Path(
        new Path(
            CommonFSUtils.getWALRootDir(conf),
            AbstractFSWALProvider.getWALArchiveDirectoryName(conf, SERVER)),
        file.getName());
  }

  private List<Cell> cells(Path file) throws IOException {
    List<Cell> cells = new ArrayList<>();
    try (WALStreamReader reader =
        WALFactory.createStreamReader(CommonFSUtils.getWALFileSystem(conf), file, conf)) {
      for (WAL.Entry entry = reader.next(); entry != null; entry = reader.next()) {
        cells.addAll(entry.getEdit().getCells());
      }
    } catch (EOFException e) {
      // The end of a WAL that was not closed.
      assertThat(e).hasMessageContaining("EOF while reading message size");
    }
    return cells;
  }

  private static int compare(Cell a, Cell b) {
    return CellUtil.matchingRows(a, b) && CellUtil.matchingValue(a, b) ? 0 : 1;
  }
}
