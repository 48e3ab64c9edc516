package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** HBase's log cleaner, and what is left of the logs that it deletes. */
class ArchivedLogsIT {

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("archived"), System.nanoTime());

  @Test
  void archivedLog_isGoneFromTheStorage_onceItsTimeToLiveIsOver() throws Exception {
    Path logs = directory.resolve("logs");
    try (HBaseCluster cluster =
            HBaseCluster.in(directory)
                .breakwater(logs)
                .set("hbase.master.logcleaner.ttl", "2000")
                .set("hbase.master.cleaner.interval", "500")
                .regionServers(1)
                .start();
        Connection connection = cluster.connect();
        Admin admin = connection.getAdmin()) {
      rows.createTable(connection, 4);
      cluster.awaitTable(rows.table());
      rows.write(connection, 2_000, 4);
      Set<String> written = storedWals(logs);
      assertThat(written).isNotEmpty();
      assertThat(stored(logs)).containsAll(written);

      for (ServerName server : admin.getRegionServers()) {
        admin.flushRegionServer(server);
        admin.rollWALWriter(server);
      }

      Awaitility.await()
          .atMost(TIMEOUT)
          .untilAsserted(() -> assertThat(stored(logs)).doesNotContainAnyElementsOf(written));
      assertThat(cluster.master().logContains("Cannot delete")).isFalse();
      rows.write(connection, 100, 4);
      rows.verify(connection).assertExact();
    }
    EmbeddedWorkspace workspace =
        EmbeddedWorkspace.open(logs, "cluster", new EmbeddedOptions(true, 1 << 20));
    assertThat(workspace.orphans(Duration.ZERO)).isEmpty();
  }

  /** The ids of the logs that the region servers write. */
  private static Set<String> storedWals(Path logs) throws IOException {
    try (Stream<Path> entries = Files.walk(logs.resolve("cluster/tree/hbase/WALs"))) {
      Set<String> ids = new TreeSet<>();
      for (Path entry : entries.filter(Files::isRegularFile).toList()) {
        if (!entry.toString().endsWith(".meta")) {
          ids.add(Files.readAllLines(entry).get(1));
        }
      }
      return ids;
    }
  }

  /** The ids of all logs that anything is stored of. */
  private static Set<String> stored(Path logs) throws IOException {
    try (Stream<Path> files = Files.list(logs.resolve("cluster/logs"))) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\..*", ""))
          .collect(Collectors.toSet());
    }
  }
}
