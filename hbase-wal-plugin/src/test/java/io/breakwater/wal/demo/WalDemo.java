package io.breakwater.wal.demo;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Verification;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.awaitility.Awaitility;

/**
 * Loses a region server, then a whole HBase cluster with its ZooKeeper, and gets every acknowledged
 * row back from the write-ahead logs in a Breakwater workspace.
 */
public final class WalDemo {

  private static final int ROWS = 20_000;
  private static final int MORE_ROWS = 10_000;
  private static final int CLIENTS = 16;

  private static final Path HFILES = Path.of("target", "wal-demo", "cluster").toAbsolutePath();
  private static final Path LOGS = Path.of("target", "wal-demo", "workspace").toAbsolutePath();

  private final Timeline timeline = new Timeline();
  private final Findings findings =
      new Findings("wal", "HBase: a lost cluster gives every acknowledged row back");
  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("orders"), System.nanoTime());

  private WalDemo() {}

  /** Writes {@code wal.json} to the directory that the system property demo.directory names. */
  public static void main(String[] arguments) throws IOException {
    String directory = System.getProperty("demo.directory");
    if (directory == null) {
      throw new IllegalArgumentException(
          "Cannot write the findings: set the system property demo.directory");
    }
    Path file = Files.createDirectories(Path.of(directory)).resolve("wal.json");
    Files.deleteIfExists(file);
    new WalDemo().run(file);
  }

  private void run(Path file) throws IOException {
    try {
      FileUtils.deleteDirectory(HFILES.getParent().toFile());
      List<Integer> ports = loseRegionServerThenCluster();
      startAgain(ports);
    } catch (IOException | RuntimeException | AssertionError e) {
      timeline.say("failed: %s", e.toString().lines().findFirst().orElseThrow());
      findings.failed(e);
    }
    findings.write(file, timeline.seconds(), timeline.toSvg());
    timeline.say("findings are in %s", file);
  }

  /** Returns the ports of the lost cluster. */
  private List<Integer> loseRegionServerThenCluster() throws IOException {
    timeline.say("starting HBase: ZooKeeper, a master, two region servers; HFiles in %s", HFILES);
    timeline.say("write-ahead logs in workspace bwal://cluster, kept in %s", LOGS);
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      timeline.mark("cluster serves");
      rows.createTable(connection, 6);
      cluster.awaitTable(rows.table());
      checkThatThePluginIsInUse(cluster);
      write(connection, ROWS);

      loseRegionServer(cluster, connection);
      loseEverything(cluster, connection);
      return ports(cluster);
    }
  }

  private void loseRegionServer(HBaseCluster cluster, Connection connection) throws IOException {
    ServerName victim = cluster.serverOfMeta(connection);
    cluster.regionServer(victim).kill();
    timeline.mark("killed the region server that has hbase:meta (SIGKILL)");
    double killed = timeline.seconds();
    findings.check(
        "HFiles of the table when a region server was killed",
        0,
        cluster.files().storeFiles(rows.table()).size());
    cluster.awaitRegionServers(1);
    cluster.awaitTableWithout(rows.table(), victim);
    double seconds = timeline.seconds() - killed;
    timeline.mark("all regions are back on the other region server");
    findings.figure("Region server killed: until all regions served again", seconds(seconds));
    verify(connection, "after a region server was killed");
  }

  private void loseEverything(HBaseCluster cluster, Connection connection) throws IOException {
    cluster.startRegionServer();
    cluster.awaitRegionServers(2);
    List<Path> flushedByRecovery = cluster.files().storeFiles(rows.table());
    long before = rows.acknowledged();
    Writing writing = rows.startWriting(connection, Long.MAX_VALUE, CLIENTS);
    Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .until(
            () -> {
              timeline.acknowledged(rows.acknowledged());
              return rows.acknowledged() >= before + MORE_ROWS;
            });
    cluster.killEverything();
    writing.abandon();
    timeline.acknowledged(rows.acknowledged());
    timeline.mark("killed every process while clients wrote (SIGKILL)");
    List<Path> flushedSince = new ArrayList<>(cluster.files().storeFiles(rows.table()));
    flushedSince.removeAll(flushedByRecovery);
    findings.check(
        "HFiles of the rows written between that recovery and the loss of the cluster",
        0,
        flushedSince.size());
    cluster.deleteZooKeeperData();
    timeline.say("deleted ZooKeeper's data");
    findings.figure("Puts cut off by the kill, never acknowledged", Long.toString(rows.failed()));
  }

  private void startAgain(List<Integer> oldPorts) throws IOException {
    double killed = timeline.seconds();
    try (HBaseCluster cluster = start();
        Connection connection = cluster.connect()) {
      cluster.awaitTable(rows.table());
      double seconds = timeline.seconds() - killed;
      timeline.mark("a new cluster on new ports serves all regions");
      findings.figure("Cluster lost: until a new one served all regions", seconds(seconds));
      List<Integer> reused = new ArrayList<>(ports(cluster));
      reused.retainAll(oldPorts);
      findings.check("Ports that the new cluster shares with the old one", 0, reused.size());
      verify(connection, "after the cluster and ZooKeeper's data were lost");
    }
    findings.figure(
        "Workspace at the end",
        String.format(Locale.ROOT, "%.1f MB", FileUtils.sizeOfDirectory(LOGS.toFile()) / 1e6));
  }

  private static HBaseCluster start() {
    return HBaseCluster.in(HFILES).breakwater(LOGS).start();
  }

  private static List<Integer> ports(HBaseCluster cluster) {
    List<Integer> ports = new ArrayList<>();
    ports.add(cluster.zooKeeper().port());
    ports.add(cluster.master().port());
    cluster.regionServers().forEach(server -> ports.add(server.port()));
    return ports;
  }

  private void checkThatThePluginIsInUse(HBaseCluster cluster) throws IOException {
    findings.check(
        "Region servers that report io.breakwater.wal.BreakwaterWALProvider as their provider",
        2,
        cluster.regionServers().stream().filter(WalDemo::loadedThePlugin).count());
    List<String> wals = cluster.files().walNames();
    findings.check(
        "Region servers whose write-ahead log is in the workspace",
        2,
        cluster.regionServers().stream()
            .filter(server -> wals.stream().anyMatch(wal -> wal.contains("%2C" + server.port())))
            .count());
    findings.check(
        "Directories of write-ahead logs beside the HFiles",
        0,
        Files.exists(HFILES.resolve("hfiles/WALs")) ? 1 : 0);
  }

  private static boolean loadedThePlugin(ClusterProcess server) {
    return server.logLines("Instantiating WALProvider of type ").stream()
        .anyMatch(line -> line.endsWith("io.breakwater.wal.BreakwaterWALProvider"));
  }

  private void write(Connection connection, int count) {
    double start = timeline.seconds();
    long before = rows.acknowledged();
    Writing writing = rows.startWriting(connection, count, CLIENTS);
    Awaitility.await()
        .timeout(Duration.ofMinutes(1))
        .until(
            () -> {
              timeline.acknowledged(rows.acknowledged());
              return rows.acknowledged() + rows.failed() >= before + count;
            });
    writing.finish();
    double seconds = timeline.seconds() - start;
    timeline.say("%,d rows acknowledged", rows.acknowledged());
    findings.figure(
        "Rows written by %d clients, one put each".formatted(CLIENTS),
        String.format(Locale.ROOT, "%,.0f per second", count / seconds));
  }

  private void verify(Connection connection, String when) {
    Verification verification = rows.verify(connection);
    timeline.mark(
        "%,d of %,d acknowledged rows are back, %d lost",
        verification.found(), verification.acknowledged(), verification.lost().size());
    if (!verification.isExact()) {
      timeline.say("%s", verification);
    }
    findings.check(
        "Acknowledged rows found " + when, verification.acknowledged(), verification.found());
    findings.check("Acknowledged rows lost " + when, 0, verification.lost().size());
    findings.check(
        "Rows that are not what was written " + when,
        0,
        verification.different().size() + verification.neverWritten().size());
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
