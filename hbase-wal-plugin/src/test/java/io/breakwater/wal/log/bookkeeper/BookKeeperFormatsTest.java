package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.crypto.EnvelopeEncryption;
import io.breakwater.wal.crypto.KeyProviders;
import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.StoredFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What builds have stored in ZooKeeper, on a real server in this JVM, and in entries of ledgers;
 * and what a later one may store.
 */
class BookKeeperFormatsTest {

  private static final String LOG = "6f1d0c2e-0000-4000-8000-000000000001";
  private static final String PATH = "/hbase/WALs/rs1/rs1,16020,1763600000000.1";
  private static final AtomicInteger COUNT = new AtomicInteger();

  @TempDir static Path directory;
  private static LocalZooKeeper server;

  private final String root = "/formats" + COUNT.incrementAndGet();
  private final String base = root + "/prod";
  private ZooKeeper zooKeeper;
  private Catalog catalog;

  @BeforeAll
  static void startZooKeeper() throws Exception {
    server = LocalZooKeeper.start(directory);
  }

  @AfterAll
  static void stopZooKeeper() {
    server.close();
  }

  /** The nodes of a workspace as version 1 has them; see CatalogNodes. */
  @BeforeEach
  void storeCatalog() throws Exception {
    zooKeeper = new ZooKeeper(server.address(), 30_000, event -> {});
    put(root, "breakwater-workspace 1");
    put(base, "breakwater-workspace 1");
    put(base + "/dirs", "breakwater-workspace 1");
    put(base + "/logs", "breakwater-workspace 1");
    put(base + "/trash", "");
    put(base + "/dirs/root", "");
    put(base + "/dirs/root/hbase", "dir d1");
    put(base + "/dirs/d1", "1763600000000");
    put(base + "/dirs/d1/WALs", "dir d2");
    put(base + "/dirs/d2", "");
    put(base + "/dirs/d2/rs1", "dir d3");
    put(base + "/dirs/d3", "");
    put(base + "/dirs/d3/rs1,16020,1763600000000.1", "log " + LOG);
    put(base + "/logs/" + LOG, StoredFormat.bytes("bookkeeper-0.1.0/log-record"));
    put(base + "/owner", "breakwater-owner 1\nname=cluster-b\nepoch=2\nsince=1763600000000\n");
    put(base + "/fenced", "2");
  }

  @AfterEach
  void close() throws Exception {
    if (catalog != null) {
      catalog.close();
    }
    zooKeeper.close();
  }

  private void put(String node, String data) throws Exception {
    put(node, data.getBytes(UTF_8));
  }

  private void put(String node, byte[] data) throws Exception {
    if (zooKeeper.exists(node, false) == null) {
      zooKeeper.create(node, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } else {
      zooKeeper.setData(node, data, -1);
    }
  }

  private void open() throws IOException {
    catalog = Catalog.open(new DisturbedSession(server.address()), root, "prod");
  }

  @Test
  void catalog_isReadAndGoneOnWith() throws Exception {
    open();
    LogRecord record = catalog.find(PATH).orElseThrow().log().record();
    assertThat(record.id()).isEqualTo(UUID.fromString(LOG));
    assertThat(record.home()).isEqualTo("/hbase/WALs/rs1,16020,1763600000000");
    assertThat(record.length()).isEqualTo(8192);
    assertThat(record.segments())
        .containsExactly(new LogRecord.Segment(17, 0), new LogRecord.Segment(18, 4096));
    assertThat(catalog.find("/hbase").orElseThrow().modified()).isEqualTo(1_763_600_000_000L);
    assertThat(catalog.owner().owner()).contains(new Owner("cluster-b", 2, 1_763_600_000_000L, 0));
    assertThat(catalog.owner().own("cluster-b", false, () -> {})).isEqualTo(2);
    catalog.rename("/hbase/WALs/rs1", "/hbase/WALs/rs1-splitting");
    assertThat(catalog.list("/hbase/WALs/rs1-splitting")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bookkeeper-689e25f", "bookkeeper-0.1.0"})
  void entries_ofThisBuildAreRead_encryptedOnesToo(String build) throws Exception {
    assertThat(text(StoredFormat.bytes(build + "/entry"), null)).isEqualTo("written to a ledger");
    assertThat(text(StoredFormat.bytes(build + "/entry-encrypted"), cipher(build)))
        .isEqualTo("written to a ledger");
  }

  private static String text(byte[] entry, LogCipher cipher) throws IOException {
    EntryFormat.Entry read = EntryFormat.decode(ByteBuffer.wrap(entry), cipher, "entry");
    assertThat(read.position()).isEqualTo(4096);
    return UTF_8.decode(read.payload()).toString();
  }

  /** The key that wraps the data key is in the resources: it protects nothing. */
  private static LogCipher cipher(String build) throws IOException {
    Path keys = Files.write(directory.resolve(build + ".keys"), StoredFormat.bytes("keys"));
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    String record = new String(StoredFormat.bytes(build + "/log-record"), UTF_8);
    byte[] whole = (record.endsWith("\nend\n") ? record : record + "end\n").getBytes(UTF_8);
    return new EnvelopeEncryption("prod", KeyProviders.keyFile(keys))
        .cipher(UUID.fromString(LOG), LogRecord.decode(whole, "record").attributes());
  }

  /** If this fails, the format has changed: give it a new version and go on reading version 1. */
  @Test
  void whatIsWrittenNow_isWhatIsStoredAsVersion1() throws Exception {
    byte[] record = StoredFormat.bytes("bookkeeper-0.1.0/log-record");
    assertThat(LogRecord.decode(record, "here").encode()).isEqualTo(record);
    assertThat(EntryFormat.encode(4096, List.of(UTF_8.encode("written to a ledger")), null).array())
        .isEqualTo(StoredFormat.bytes("bookkeeper-0.1.0/entry"));
  }

  @Test
  void recordFromBeforeRecordsHadAnEnd_isRefused_becauseItMayBeCutOff() throws Exception {
    String node = base + "/logs/" + LOG;
    byte[] early = StoredFormat.bytes("bookkeeper-689e25f/log-record");
    put(node, early);
    open();
    assertThatThrownBy(() -> catalog.find(PATH))
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining(node + " in ZooKeeper is no 'breakwater-log 1'")
        .hasMessageContaining("cut off");
    assertThat(zooKeeper.getData(node, false, null)).isEqualTo(early);
  }

  @Test
  void laterWorkspace_isNotOpened() throws Exception {
    put(base, "breakwater-workspace 2");
    refuses("open workspace prod", base + " in ZooKeeper", this::open);
  }

  @Test
  void laterRecord_isNeitherReadNorListedNorTakenForNoLog() throws Exception {
    String node = base + "/logs/" + LOG;
    put(node, "breakwater-log 2\n{}\n");
    open();
    refuses("read the record of a log", node, () -> catalog.find(PATH));
    refuses("read the record of a log", node, () -> catalog.list("/hbase/WALs/rs1"));
    refuses("read the record of a log", node, () -> catalog.records().logs());
  }

  @Test
  void laterOwner_isNotTakenOverFrom() throws Exception {
    put(base + "/owner", "breakwater-owner 2\nclusters=a b\n");
    open();
    refuses(
        "read the owner of a workspace",
        base + "/owner",
        () -> catalog.owner().own("cluster-c", true, () -> {}));
  }

  @Test
  void laterEntry_isNeitherReadNorTakenForDamage() throws Exception {
    byte[] entry = StoredFormat.bytes("bookkeeper-0.1.0/entry");
    entry[0] = 2;
    assertThatThrownBy(
            () -> EntryFormat.decode(ByteBuffer.wrap(entry), null, "entry 3 of ledger 4"))
        .isInstanceOf(LogVersionException.class)
        .hasMessage(StoredFormat.later("read a log", "entry 3 of ledger 4"));
  }

  private void refuses(String what, String place, ThrowingCallable action) throws Exception {
    Map<String, String> before = stored(base, new TreeMap<>());
    assertThatThrownBy(action)
        .isInstanceOf(LogVersionException.class)
        .hasMessage(StoredFormat.later(what, place));
    assertThat(stored(base, new TreeMap<>())).isEqualTo(before);
  }

  private Map<String, String> stored(String node, Map<String, String> found) throws Exception {
    found.put(node, new String(zooKeeper.getData(node, false, null), UTF_8));
    for (String child : zooKeeper.getChildren(node, false)) {
      stored(node + "/" + child, found);
    }
    return found;
  }
}
