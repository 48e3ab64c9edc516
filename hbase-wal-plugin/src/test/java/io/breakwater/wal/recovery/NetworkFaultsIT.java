package io.breakwater.wal.recovery;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.FaultyLink;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The network between HBase and its bookies, under load. */
class NetworkFaultsIT {

  private static final int BOOKIES = 3;
  private static final int CLIENTS = 8;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("network"), System.nanoTime());
  private final FaultSchedule schedule = new FaultSchedule(rows);

  @Test
  void delaySilenceLostAnswersAndCuts_loseNoAcknowledgedRow() throws IOException {
    try (BookieCluster bookies =
        BookieCluster.startBehindLinks(directory.resolve("bookies"), BOOKIES, Map.of())) {
      List<FaultyLink> links = IntStream.range(0, BOOKIES).mapToObj(bookies::link).toList();
      try (HBaseCluster cluster = start(bookies);
          Connection connection = cluster.connect()) {
        rows.createTable(connection, 6);
        cluster.awaitTable(rows.table());
        write(connection, 1_000);

        links.forEach(link -> link.delay(Duration.ofMillis(100)));
        write(connection, FaultSchedule.scaled(200, 5_000));
        links.forEach(FaultyLink::mend);
        schedule.verify("200 ms between servers and bookies", connection);

        links.get(0).silence();
        write(connection, FaultSchedule.scaled(1_000, 20_000));
        links.get(0).mend();
        schedule.verify("one bookie's network swallows everything", connection);

        links.get(1).dropReplies();
        write(connection, FaultSchedule.scaled(1_000, 20_000));
        links.get(1).mend();
        schedule.verify("one bookie's answers get lost", connection);

        links.get(2).cut();
        write(connection, FaultSchedule.scaled(1_000, 20_000));
        links.get(2).mend();
        schedule.verify("one bookie is cut off", connection);

        for (int i = 0; i < FaultSchedule.scaled(1, 5); i++) {
          Writing writing = rows.startWriting(connection, 1_000, CLIENTS);
          awaitSome();
          links.forEach(FaultyLink::cut);
          // The log asks for a ledger in vain, several times.
          Awaitility.await()
              .timeout(Duration.ofMinutes(1))
              .until(
                  () ->
                      cluster.regionServers().stream()
                          .anyMatch(server -> server.logContains("yet: Cannot ")));
          links.forEach(FaultyLink::mend);
          writing.finish();
        }
        schedule.verify("all bookies are cut off for seconds", connection);
        cluster.killEverything();
        cluster.deleteZooKeeperData();
      }
      try (HBaseCluster cluster = start(bookies);
          Connection connection = cluster.connect()) {
        cluster.awaitTable(rows.table());
        schedule.verify("all of these, then a new cluster", connection);
      }
    }
  }

  private void write(Connection connection, int count) {
    rows.write(connection, count, CLIENTS);
  }

  private void awaitSome() {
    long before = rows.acknowledged();
    Awaitility.await().timeout(Duration.ofMinutes(1)).until(() -> rows.acknowledged() > before);
  }

  private HBaseCluster start(BookieCluster bookies) {
    return HBaseCluster.in(directory).breakwater(bookies).start();
  }
}
