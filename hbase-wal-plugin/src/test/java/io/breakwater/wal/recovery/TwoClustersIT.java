package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class TwoClustersIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("two"), System.nanoTime());

  @Test
  void secondLiveCluster_isRefused_andWithTakeoverEndsTheFirst_losingNoAcknowledgedRow()
      throws IOException {
    // The directories of both lead to the same files.
    Path first = Files.createDirectories(directory.resolve("first"));
    Files.createDirectories(first.resolve("hfiles"));
    Path second = Files.createDirectories(directory.resolve("second"));
    Files.createSymbolicLink(second.resolve("hfiles"), first.resolve("hfiles"));
    Path logs = directory.resolve("logs");

    try (HBaseCluster owner = HBaseCluster.in(first).breakwater(logs).start();
        Connection connection = owner.connect()) {
      rows.createTable(connection, 4);
      owner.awaitTable(rows.table());
      rows.write(connection, 2_000, 8);

      assertThatThrownBy(
              () ->
                  HBaseCluster.in(second)
                      .breakwater(logs)
                      .set("breakwater.wal.owner-wait", "2s")
                      .start())
          .hasMessageContaining(
              "WorkspaceOwnedException: Cannot own workspace cluster: it belongs");
      rows.write(connection, 500, 8);
      rows.verify(connection).assertExact();

      List<ClusterProcess> fenced = owner.regionServers();
      Writing writing = rows.startWriting(connection, Long.MAX_VALUE, 8);
      try (HBaseCluster taker =
              HBaseCluster.in(second)
                  .breakwater(logs)
                  .set("breakwater.wal.takeover", "true")
                  .start();
          Connection toTaker = taker.connect()) {
        // One that has nothing to write need not notice.
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> fenced.stream().anyMatch(server -> !server.isAlive()));
        writing.abandon();
        taker.awaitTable(rows.table());
        rows.verify(toTaker).assertExact();
        rows.write(toTaker, 500, 8);
        rows.verify(toTaker).assertExact();
      }
    }
  }
}
