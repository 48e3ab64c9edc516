package io.breakwater.wal.recovery;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A region server is killed again and again during one load, sometimes with its region's meta. */
class RepeatedKillsIT {

  private static final int CLIENTS = 8;
  private static final int KILLS = FaultSchedule.scaled(2, 5);
  private static final int ROWS = FaultSchedule.scaled(10_000, 200_000);
  private static final Duration BETWEEN = Duration.ofSeconds(FaultSchedule.scaled(2, 20));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("kills"), System.nanoTime());
  private final FaultSchedule schedule = new FaultSchedule(rows);

  @Test
  void regionServersKilledOneAfterTheOther_loseNoAcknowledgedRow() throws IOException {
    try (BookieCluster bookies = BookieCluster.start(directory.resolve("bookies"), 3)) {
      try (HBaseCluster cluster = HBaseCluster.in(directory).breakwater(bookies).start();
          Connection connection = cluster.connect()) {
        rows.createTable(connection, 8);
        cluster.awaitTable(rows.table());
        Writing writing = rows.startWriting(connection, Long.MAX_VALUE, CLIENTS);
        for (int i = 0; i < KILLS; i++) {
          awaitMore(rows.acknowledged() + ROWS / (KILLS + 1) / 2);
          pass(BETWEEN);
          cluster.startRegionServer();
          cluster.awaitRegionServers(3);
          cluster.regionServers().get(i).kill();
          cluster.awaitRegionServers(2);
          cluster.awaitTable(rows.table());
        }
        awaitMore(ROWS);
        writing.complete();
        schedule.verify(
            "a region server is killed every %d s, %d times".formatted(BETWEEN.toSeconds(), KILLS),
            connection);
        cluster.killEverything();
        cluster.deleteZooKeeperData();
      }
      try (HBaseCluster cluster = HBaseCluster.in(directory).breakwater(bookies).start();
          Connection connection = cluster.connect()) {
        cluster.awaitTable(rows.table());
        schedule.verify("the same, then a new cluster", connection);
      }
    }
  }

  private void awaitMore(long wanted) {
    Awaitility.await().timeout(Duration.ofMinutes(10)).until(() -> rows.acknowledged() >= wanted);
  }

  /** The load goes on meanwhile. */
  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Awaitility.await()
        .timeout(time.plus(Duration.ofSeconds(5)))
        .until(() -> System.nanoTime() > end);
  }
}
