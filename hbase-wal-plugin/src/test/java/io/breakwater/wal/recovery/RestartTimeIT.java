package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.ClusterBuilder;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a new cluster takes to have every row again when HBase and its ZooKeeper were lost,
 * beside HBase's own logs on the local disk, in {@code target/restart.md}. It asserts no time.
 */
class RestartTimeIT {

  private static final int ROWS = 200_000;
  private static final int REGIONS = 100;
  private static final int CLIENTS = 32;
  private static final int ROUNDS = 1;
  private static final Path REPORT = Path.of("restart.md");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  @Test
  void newCluster_hasEveryRow_thatWasNeverFlushed() throws IOException {
    assumeTrue(FaultSchedule.isFull(), "the time of a restart: only with -Pfaults");
    Files.writeString(
        REPORT,
        "| WALs | Acknowledged | Found | Served after | All read after |\n|---|---|---|---|---|\n");
    for (int round = 0; round < ROUNDS; round++) {
      try (BookieCluster bookies = BookieCluster.start(directory.resolve("bookies" + round), 3)) {
        Path files = Files.createDirectories(directory.resolve("breakwater" + round));
        measure(
            "Breakwater on three bookies",
            HBaseCluster.in(files)
                .breakwater(bookies)
                // Else the new cluster, whose ZooKeeper is another, waits for the lost one's
                // sessions to end.
                .set("breakwater.wal.owner", "restart"));
      }
      Path files = Files.createDirectories(directory.resolve("stock" + round));
      measure(
          "HBase's on the local disk",
          HBaseCluster.in(files)
              // The file system with checksums keeps a written row in memory.
              .set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem"));
    }
  }

  private void measure(String wals, ClusterBuilder builder) throws IOException {
    AcknowledgedRows rows = new AcknowledgedRows(TableName.valueOf("restart"), System.nanoTime());
    try (HBaseCluster cluster = builder.start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, REGIONS);
      cluster.awaitTable(rows.table());
      rows.write(connection, ROWS, CLIENTS);
      assertThat(cluster.files().storeFiles(rows.table())).isEmpty();
      cluster.killEverything();
      cluster.deleteZooKeeperData();
    }
    long begun = System.nanoTime();
    try (HBaseCluster cluster = builder.start();
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      Duration served = Duration.ofNanos(System.nanoTime() - begun);
      AcknowledgedRows.Verification found = rows.verify(connection);
      Duration read = Duration.ofNanos(System.nanoTime() - begun);
      Files.writeString(
          REPORT,
          "| %s | %,d | %,d | %.1f s | %.1f s |\n"
              .formatted(
                  wals,
                  found.acknowledged(),
                  found.found(),
                  served.toMillis() / 1e3,
                  read.toMillis() / 1e3),
          StandardOpenOption.APPEND);
      found.assertExact();
    }
  }
}
