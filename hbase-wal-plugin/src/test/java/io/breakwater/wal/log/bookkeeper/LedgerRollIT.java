package io.breakwater.wal.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.LogMetric;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A log leaves its ledger for another while it is written to. */
@Timeout(120)
class LedgerRollIT {

  private static final int ROLL_BYTES = 1 << 20;

  @TempDir(factory = KeptOnFailure.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static BookieCluster bookies;

  private final Map<LogMetric, Long> sums = new ConcurrentHashMap<>();

  @BeforeAll
  static void startBookies() {
    bookies = BookieCluster.start(directory, 3);
  }

  @AfterAll
  static void stopBookies() {
    if (bookies != null) {
      bookies.close();
    }
  }

  private Workspace open(String name, long rollBytes) throws IOException {
    return open(name, rollBytes, Map.of());
  }

  private Workspace open(String name, long rollBytes, Map<String, String> client)
      throws IOException {
    return BookKeeperWorkspace.open(
        name,
        new BookKeeperOptions(
            bookies.zooKeeper(),
            "/ledgers",
            "/breakwater",
            3,
            3,
            2,
            BookKeeperOptions.Placement.RACK,
            rollBytes,
            Duration.ofHours(1),
            1L << 30,
            16L << 20,
            64,
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            null,
            client),
        LogEncryption.NONE,
        (metric, value) -> sums.merge(metric, value, Long::sum));
  }

  private long sum(LogMetric metric) {
    return sums.getOrDefault(metric, 0L);
  }

  private static ByteBuffer record(int number, int bytes) {
    byte[] record = new byte[bytes];
    new SplittableRandom(number).nextBytes(record);
    return ByteBuffer.wrap(record);
  }

  private static void assertHolds(Workspace workspace, int records, int bytes) throws IOException {
    try (LogReader log = workspace.open("/log")) {
      assertThat(log.length()).isEqualTo((long) records * bytes);
      for (int i = 0; i < records; i++) {
        ByteBuffer read = ByteBuffer.allocate(bytes);
        while (read.hasRemaining() && log.read((long) i * bytes + read.position(), read) > 0) {}
        assertThat(read.flip()).as("record " + i).isEqualTo(record(i, bytes));
      }
    }
  }

  @Test
  void logThatGrows_goesOnInFreshLedgers_andIsReadAcrossThem() throws Exception {
    int bytes = 20_000;
    int records = 0;
    try (Workspace workspace = open("grows", ROLL_BYTES)) {
      try (LogAppender log = workspace.create("/log")) {
        while (sum(LogMetric.LEDGER_ROLLS) < 3) {
          log.append(record(records++, bytes)).get();
        }
        assertHolds(workspace, records, bytes);
      }
      assertHolds(workspace, records, bytes);
    }
    assertThat(records).isGreaterThanOrEqualTo(3 * ROLL_BYTES / bytes);
    assertThat(sum(LogMetric.LEDGER_FAILURES)).isZero();
  }

  @Test
  void topologyScript_isAskedWhereABookieIs() throws Exception {
    Path asked = directory.resolve("asked");
    Path script = directory.resolve("topology.sh");
    Files.writeString(
        script,
        "#!/bin/sh\nfor bookie; do echo $bookie >> '%s'; echo /here/rack; done\n".formatted(asked));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    try (Workspace workspace =
            open(
                "racks", ROLL_BYTES, Map.of(BookKeeperOptions.TOPOLOGY_SCRIPT, script.toString()));
        LogAppender log = workspace.create("/log")) {
      log.append(record(0, 100)).get();
    }
    assertThat(Files.readAllLines(asked)).isNotEmpty();
  }

  @Test
  void bookieThatTakesNothing_isLeft_beforeItsShareFillsTheHeap() throws Exception {
    int bytes = 200_000;
    int records = 0;
    try (Workspace workspace = open("hangs", 1L << 30)) {
      bookies.bookie(2).pause();
      try (LogAppender log = workspace.create("/log")) {
        CompletableFuture<Long> last = CompletableFuture.completedFuture(0L);
        while (sum(LogMetric.LEDGER_ROLLS) + sum(LogMetric.LEDGER_FAILURES) == 0) {
          last = log.append(record(records++, bytes));
          if (records % 20 == 0) {
            last.get();
          }
        }
        last.get();
      } finally {
        bookies.bookie(2).resume();
      }
      assertHolds(workspace, records, bytes);
    }
  }
}
