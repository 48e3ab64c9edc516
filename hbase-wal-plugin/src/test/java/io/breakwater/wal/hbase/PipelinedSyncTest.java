package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.log.LogMetric;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.io.asyncfs.monitor.StreamSlowMonitor;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.regionserver.wal.WALActionsListener;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
import org.apache.hadoop.hbase.wal.WALStreamReader;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One WAL keeps many syncs under way, and what happens to them when the log fails. */
class PipelinedSyncTest {

  private static final String SERVER = "bwal://pipelined/hbase/WALs/rs1,16020,1";
  private static final byte[] FAMILY = Bytes.toBytes("f");

  @TempDir java.nio.file.Path directory;

  private final MultiVersionConcurrencyControl mvcc = new MultiVersionConcurrencyControl();
  private final NavigableMap<byte[], Integer> noScopes = new TreeMap<>(Bytes.BYTES_COMPARATOR);
  private final RegionInfo region = RegionInfoBuilder.newBuilder(TableName.valueOf("t")).build();
  private final ExecutorService roller = Executors.newSingleThreadExecutor();
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private final List<Path> files = new CopyOnWriteArrayList<>();
  private final Map<LogMetric, Long> sums = new ConcurrentHashMap<>();
  private final Configuration conf = HBaseConfiguration.create();
  private BwalFileSystem fs;
  private ControlledWorkspace logs;
  private BreakwaterWAL wal;

  @BeforeEach
  void openWal() throws IOException {
    conf.set("breakwater.wal.embedded.dir", directory.toString());
    fs = new BwalFileSystem();
    fs.initialize(URI.create("bwal://pipelined/"), conf);
    logs = new ControlledWorkspace(fs.workspace());
    wal =
        new BreakwaterWAL(
            fs,
            logs.workspace(),
            null,
            new Path("bwal://pipelined/hbase"),
            "WALs/rs1,16020,1",
            "oldWALs",
            conf,
            List.of(new RollsOnRequest()),
            "rs1%2C16020%2C1",
            null,
            StreamSlowMonitor.create(conf, "test"),
            (metric, value) -> sums.merge(metric, value, Long::sum));
    wal.init();
  }

  @AfterEach
  void closeWal() throws IOException, InterruptedException {
    logs.release();
    clients.shutdownNow();
    roller.shutdown();
    assertThat(roller.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    wal.close();
    fs.close();
  }

  @Test
  void sync_isSentToTheLog_whileEarlierOnesAreUnderWay() throws Exception {
    logs.hold();
    List<Future<Long>> writes = outstandingWrites(20);
    assertThat(writes).noneMatch(Future::isDone);
    logs.release();
    assertAcknowledged(writes);
  }

  @Test
  void clients_returnAsTheirOwnBytesAreAcknowledged_notLaterAndNotEarlier() {
    logs.hold();
    List<Future<Long>> writes = outstandingWrites(10);
    for (int i = 0; i < 10; i++) {
      logs.acknowledge(1);
      await().until(writes.get(i)::isDone);
      assertThat(writes.subList(i + 1, 10)).noneMatch(Future::isDone);
    }
  }

  @Test
  void records_areCountedWhenTheyAreAcknowledged_andOnceIfTheyAreWrittenAgain() throws Exception {
    logs.hold();
    List<Future<Long>> writes = outstandingWrites(6);
    assertThat(sums.getOrDefault(LogMetric.APPENDED_RECORDS, 0L)).isZero();
    logs.acknowledge(2);
    await().until(writes.get(1)::isDone);
    assertThat(sums).containsEntry(LogMetric.APPENDED_RECORDS, 2L);
    logs.fail();
    assertAcknowledged(writes);
    assertThat(sums).containsEntry(LogMetric.APPENDED_RECORDS, 6L);
  }

  @Test
  void newLogOfAServerWhoseDirectoryIsGone_isCountedAsRefused() throws Exception {
    fs.rename(new Path(SERVER), new Path(SERVER + "-splitting"));
    assertThatThrownBy(() -> wal.rollWriter(true)).isInstanceOf(FileNotFoundException.class);
    assertThat(sums).containsEntry(LogMetric.REFUSED_LOGS, 1L);
    fs.rename(new Path(SERVER + "-splitting"), new Path(SERVER));
  }

  @Test
  void writesOfAFailedLog_areInTheNextOne_inOrder_whenTheirClientsReturn() throws Exception {
    logs.hold();
    List<Future<Long>> writes = outstandingWrites(6);
    logs.acknowledge(2);
    await().until(writes.get(1)::isDone);
    logs.fail();
    assertAcknowledged(writes);
    assertThat(files).hasSize(2);
    assertThat(entries(files.get(1)))
        .extracting(PipelinedSyncTest::row)
        .containsExactly("row2", "row3", "row4", "row5");
  }

  /** One write after the other, none of them acknowledged. */
  private List<Future<Long>> outstandingWrites(int count) {
    List<Future<Long>> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String row = "row" + i;
      writes.add(clients.submit(() -> write(row)));
      int sent = i + 1;
      await().until(() -> logs.outstanding() == sent);
    }
    return writes;
  }

  private static void assertAcknowledged(List<Future<Long>> writes) throws Exception {
    for (Future<Long> write : writes) {
      assertThat(write.get(1, TimeUnit.MINUTES)).isPositive();
    }
  }

  @Test
  void logsThatFailAgainAndAgain_loseAndReorderNothing_andNoClientIsLeftWaiting() throws Exception {
    int failures = 12;
    Random random = new Random(20261121);
    AtomicBoolean enough = new AtomicBoolean();
    List<Future<Map<String, Long>>> sequenceIds = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int client = i;
      sequenceIds.add(clients.submit(() -> writeUntil(enough, client)));
    }
    ConditionFactory soon = await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    while (files.size() <= failures) {
      logs.hold();
      soon.until(() -> logs.outstanding() > 0);
      logs.acknowledge(random.nextInt(3));
      if (random.nextInt(20) == 0) {
        int filesBefore = files.size();
        logs.fail();
        soon.until(() -> files.size() == filesBefore + 1);
      }
    }
    enough.set(true);
    logs.release();

    Map<String, Long> acknowledged = new HashMap<>();
    for (Future<Map<String, Long>> client : sequenceIds) {
      acknowledged.putAll(client.get(1, TimeUnit.MINUTES));
    }
    Map<String, Long> found = new HashMap<>();
    for (Path file : files) {
      long last = 0;
      for (WAL.Entry entry : entries(file)) {
        assertThat(entry.getKey().getSequenceId()).as("in %s", file).isGreaterThan(last);
        last = entry.getKey().getSequenceId();
        found.put(row(entry), last);
      }
    }
    assertThat(found).isEqualTo(acknowledged);
  }

  /** Rolls as HBase's log roller does: on a thread of its own, when asked to. */
  private final class RollsOnRequest implements WALActionsListener {
    @Override
    public void logRollRequested(RollRequestReason reason) {
      roller.execute(
          () -> {
            try {
              wal.rollWriter(true);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }

    @Override
    public void postLogRoll(Path oldPath, Path newPath) {
      files.add(newPath);
    }
  }

  /** Returns the sequence id once the write is acknowledged. */
  private long write(String row) throws IOException {
    WALEdit edit = new WALEdit();
    edit.add(new KeyValue(Bytes.toBytes(row), FAMILY, FAMILY, new byte[100]));
    WALKeyImpl key =
        new WALKeyImpl(region.getEncodedNameAsBytes(), region.getTable(), 1L, mvcc, noScopes);
    long txid = wal.appendData(region, key, edit);
    mvcc.complete(key.getWriteEntry());
    wal.sync(txid);
    return key.getSequenceId();
  }

  private static String row(WAL.Entry entry) {
    Cell cell = entry.getEdit().getCells().get(0);
    return Bytes.toString(CellUtil.cloneRow(cell));
  }

  private Map<String, Long> writeUntil(AtomicBoolean enough, int client) throws IOException {
    Map<String, Long> sequenceIds = new HashMap<>();
    while (!enough.get()) {
      String row = client + "/" + sequenceIds.size();
      sequenceIds.put(row, write(row));
    }
    return sequenceIds;
  }

  private List<WAL.Entry> entries(Path file) throws IOException {
    List<WAL.Entry> entries = new ArrayList<>();
    try (WALStreamReader reader = WALFactory.createStreamReader(fs, file, conf)) {
      for (WAL.Entry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(entry);
      }
    } catch (EOFException e) {
      // The end of a WAL that was not closed.
      assertThat(e).hasMessageContaining("EOF while reading message size");
    }
    return entries;
  }
}
