package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.breakwater.wal.cluster.AcknowledgedRows;
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

class DiskFullIT {

  private static final int CLIENTS = 8;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("full"), System.nanoTime());
  private final FaultSchedule schedule = new FaultSchedule(rows);

  @Test
  void bookieWhoseDiskIsFull_isLeft_withoutLosingAnAcknowledgedRow() throws IOException {
    assumeTrue(
        BookieCluster.canLimitDisks(),
        "a bookie with a full disk: needs the right to mount (unshare --mount, mount)");
    try (BookieCluster bookies = BookieCluster.start(directory.resolve("bookies"), 2)) {
      int limited = bookies.addBookieWithDisk(64);
      try (HBaseCluster cluster = HBaseCluster.in(directory).breakwater(bookies).start();
          Connection connection = cluster.connect()) {
        rows.createTable(connection, 6);
        cluster.awaitTable(rows.table());
        rows.write(connection, 1_000, CLIENTS);

        bookies.fillDisk(limited);
        rows.write(connection, FaultSchedule.scaled(2_000, 50_000), CLIENTS);
        Awaitility.await()
            .timeout(Duration.ofMinutes(1))
            .until(() -> bookies.bookie(limited).logContains("No space left on device"));
        rows.write(connection, FaultSchedule.scaled(2_000, 50_000), CLIENTS);
        schedule.verify("a bookie's disk is full", connection);
        assertThat(cluster.regionServers()).allMatch(server -> server.isAlive());
        cluster.killEverything();
        cluster.deleteZooKeeperData();
      }
      try (HBaseCluster cluster = HBaseCluster.in(directory).breakwater(bookies).start();
          Connection connection = cluster.connect()) {
        cluster.awaitTable(rows.table());
        schedule.verify("a bookie's disk is full, then a new cluster", connection);
      }
    }
  }
}
