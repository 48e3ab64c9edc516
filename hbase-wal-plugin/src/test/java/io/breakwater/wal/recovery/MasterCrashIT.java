package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.ClusterProcess;
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

/** The master keeps its procedures and the place of hbase:meta in a log of its own. */
class MasterCrashIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  @Test
  void masterThatIsPausedThenKilled_isReplacedWithoutLoss() throws IOException {
    AcknowledgedRows before = rows("before");
    AcknowledgedRows after = rows("after");
    try (HBaseCluster cluster =
            HBaseCluster.in(directory).breakwater(directory.resolve("logs")).start();
        Connection connection = cluster.connect()) {
      ClusterProcess zombie = cluster.master();
      before.createTable(connection, 4);
      cluster.awaitTable(before.table());
      before.write(connection, 2_000, 8);

      zombie.pause();
      ClusterProcess successor = cluster.startMaster();
      Awaitility.await()
          .timeout(Duration.ofMinutes(2))
          .until(() -> successor.logContains("Master has completed initialization"));
      zombie.resume();

      assertThat(zombie.awaitExit(Duration.ofMinutes(2))).isNotZero();
      cluster.awaitRegionServers(2);
      after.createTable(connection, 4);
      cluster.awaitTable(after.table());
      after.write(connection, 2_000, 8);
      before.verify(connection).assertExact();
      after.verify(connection).assertExact();

      successor.kill();
      cluster.startMaster();
      cluster.awaitRegionServers(2);
      cluster.awaitTable(before.table());
      cluster.awaitTable(after.table());
      before.verify(connection).assertExact();
      after.verify(connection).assertExact();
    }
  }

  @Test
  void masterThatIsKilledInTheMiddleOfSplitting_isReplacedWithoutLoss() throws IOException {
    AcknowledgedRows rows = rows("split");
    FaultSchedule schedule = new FaultSchedule(rows);
    try (HBaseCluster cluster =
            HBaseCluster.in(directory).breakwater(directory.resolve("logs")).start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 8);
      cluster.awaitTable(rows.table());
      rows.write(connection, FaultSchedule.scaled(10_000, 100_000), 8);

      cluster.regionServer(cluster.serverOfMeta(connection)).kill();
      Awaitility.await()
          .timeout(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> cluster.files().splitting());
      cluster.master().kill();
      assertThat(cluster.files().splitting()).isTrue();

      cluster.startMaster();
      cluster.startRegionServer();
      cluster.awaitRegionServers(2);
      cluster.awaitTable(rows.table());
      schedule.verify("the master is killed while a lost server's logs are split", connection);
    }
  }

  private static AcknowledgedRows rows(String table) {
    return new AcknowledgedRows(TableName.valueOf(table), System.nanoTime());
  }
}
