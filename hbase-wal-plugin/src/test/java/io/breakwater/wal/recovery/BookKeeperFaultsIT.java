package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** HBase on three bookies, to whom things happen under load. */
class BookKeeperFaultsIT {

  private static final int ZOMBIE_CLIENTS = 100;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("faults"), System.nanoTime());
  private final FaultSchedule schedule = new FaultSchedule(rows);
  private BookieCluster bookies;

  @BeforeEach
  void startBookies() {
    bookies = BookieCluster.start(directory.resolve("bookies"), 3);
  }

  @AfterEach
  void stopBookies() {
    if (bookies != null) {
      bookies.close();
    }
  }

  @Test
  void regionServerKilled_orPaused_andThenTheWholeClusterLost_loseNoAcknowledgedRow()
      throws IOException {
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      fill(cluster, connection);
      Writing writing = rows.startWriting(connection, 2_000, 8);
      cluster.regionServer(cluster.serverOfMeta(connection)).kill();
      cluster.awaitRegionServers(1);
      cluster.awaitTable(rows.table());
      writing.finish();
      schedule.verify("a region server is killed", connection);

      long before = rows.acknowledged();
      Writing more = rows.startWriting(connection, Long.MAX_VALUE, 8);
      Awaitility.await().timeout(Duration.ofMinutes(1)).until(() -> rows.acknowledged() > before);
      cluster.killEverything();
      more.abandon();
      cluster.deleteZooKeeperData();
    }

    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      schedule.verify("HBase and its ZooKeeper are lost in the middle of a load", connection);

      ServerName zombie = serverWithoutMeta(cluster, connection);
      ClusterProcess process = cluster.regionServer(zombie);
      long before = rows.acknowledged();
      process.pause();
      Writing writing = rows.startWriting(connection, ZOMBIE_CLIENTS, ZOMBIE_CLIENTS);
      cluster.awaitTableWithout(rows.table(), zombie);
      Awaitility.await().until(() -> rows.acknowledged() > before);
      process.resume();
      writing.finish();
      assertThat(process.awaitExit(Duration.ofMinutes(2))).isNotZero();
      schedule.verify("a region server is paused past its session, then goes on", connection);
    }
  }

  @Test
  void bookiesKilledAndPaused_oneAndTwoAndAll_loseNoAcknowledgedRow() throws IOException {
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      fill(cluster, connection);

      Writing oneDown = rows.startWriting(connection, FaultSchedule.scaled(3_000, 30_000), 8);
      bookies.bookie(0).kill();
      oneDown.finish();
      bookies.restart(0);

      Writing paused = rows.startWriting(connection, FaultSchedule.scaled(1_000, 30_000), 8);
      bookies.bookie(1).pause();
      paused.finish();
      bookies.bookie(1).resume();

      Writing twoDown = rows.startWriting(connection, FaultSchedule.scaled(1_000, 30_000), 8);
      bookies.bookie(1).kill();
      bookies.bookie(2).kill();
      bookies.restart(1);
      bookies.restart(2);
      twoDown.finish();

      Writing allDown = rows.startWriting(connection, FaultSchedule.scaled(1_000, 30_000), 8);
      for (int i = 0; i < 3; i++) {
        bookies.bookie(i).kill();
      }
      for (int i = 0; i < 3; i++) {
        bookies.restart(i);
      }
      allDown.finish();

      cluster.awaitTable(rows.table());
      schedule.verify("one bookie is killed, one paused, two killed, all killed", connection);
      cluster.killEverything();
      cluster.deleteZooKeeperData();
    }

    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      schedule.verify("the same, then a new cluster", connection);
    }
  }

  private HBaseCluster start() {
    return HBaseCluster.in(directory).breakwater(bookies).start();
  }

  private void fill(HBaseCluster cluster, Connection connection) throws IOException {
    rows.createTable(connection, 6);
    cluster.awaitTable(rows.table());
    rows.write(connection, 3_000, 8);
  }

  private ServerName serverWithoutMeta(HBaseCluster cluster, Connection connection)
      throws IOException {
    ServerName meta = cluster.serverOfMeta(connection);
    try (RegionLocator locator = connection.getRegionLocator(rows.table())) {
      return locator.getAllRegionLocations().stream()
          .map(HRegionLocation::getServerName)
          .filter(server -> !server.equals(meta))
          .findFirst()
          .orElseThrow();
    }
  }
}
