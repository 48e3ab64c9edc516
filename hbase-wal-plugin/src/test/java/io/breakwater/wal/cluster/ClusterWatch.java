package io.breakwater.wal.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.ClusterMetrics.Option;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerMetrics;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Polls a cluster through a client of its own that gives up at once, so that a wait notices a
 * process that died and says what was missing last.
 */
final class ClusterWatch implements Closeable {

  /** What is still missing, or empty when all is there. */
  interface Condition {
    Optional<String> missing() throws IOException;
  }

  private final Configuration configuration;
  private final Supplier<List<ClusterProcess>> processes;
  private Connection connection;

  ClusterWatch(Configuration client, Supplier<List<ClusterProcess>> processes) {
    this.configuration = new Configuration(client);
    this.processes = processes;
    configuration.setInt(HConstants.HBASE_CLIENT_RETRIES_NUMBER, 1);
    configuration.setInt(HConstants.HBASE_CLIENT_PAUSE, 50);
    configuration.setInt(HConstants.HBASE_RPC_TIMEOUT_KEY, 3_000);
    configuration.setInt(HConstants.HBASE_CLIENT_OPERATION_TIMEOUT, 3_000);
    configuration.setInt(HConstants.HBASE_CLIENT_META_OPERATION_TIMEOUT, 3_000);
    configuration.setInt("zookeeper.recovery.retry", 1);
  }

  /**
   * Polls until nothing is missing.
   *
   * @throws IllegalStateException if a process died by itself meanwhile, or the time is over
   */
  void await(String what, Duration timeout, Condition condition) {
    AtomicReference<String> last = new AtomicReference<>("nothing seen yet");
    try {
      Awaitility.await()
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(200))
          .timeout(timeout)
          .until(
              () -> {
                failIfAProcessDied(what);
                try {
                  Optional<String> missing = condition.missing();
                  missing.ifPresent(last::set);
                  return missing.isEmpty();
                } catch (IOException notYet) {
                  last.set(notYet.toString());
                  return false;
                }
              });
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException(
          "Cannot see %s within %s: %s\n%s".formatted(what, timeout, last.get(), logTails()), e);
    }
  }

  private void failIfAProcessDied(String what) {
    for (ClusterProcess process : processes.get()) {
      if (process.diedByItself()) {
        throw new IllegalStateException(
            "Cannot see %s: %s died\n%s".formatted(what, process, process.logTail()));
      }
    }
  }

  private String logTails() {
    return processes.get().stream()
        .map(ClusterProcess::logTail)
        .collect(Collectors.joining("\n\n"));
  }

  Optional<String> missingServers(int count) throws IOException {
    try (Admin admin = connection().getAdmin()) {
      Map<ServerName, ServerMetrics> live = liveServers(admin);
      if (live.size() != count) {
        return Optional.of(live.size() + " servers are live");
      }
      // The master gives no region to a server before its first report.
      if (live.values().stream().anyMatch(server -> server.getLastReportTimestamp() == 0)) {
        return Optional.of("a server has not yet reported its load");
      }
      // Answered only by a master that has finished its initialization, which includes meta.
      admin.listNamespaces();
    }
    return missingRegions(TableName.META_TABLE_NAME, Optional.empty());
  }

  Optional<String> missingRegions(TableName table, Optional<ServerName> except) throws IOException {
    try (Admin admin = connection().getAdmin();
        RegionLocator locator = connection().getRegionLocator(table);
        Table client = connection().getTable(table)) {
      Collection<ServerName> live = liveServers(admin).keySet();
      locator.clearRegionLocationCache();
      List<HRegionLocation> locations = locator.getAllRegionLocations();
      if (locations.isEmpty()) {
        return Optional.of(table + " has no region");
      }
      for (HRegionLocation location : locations) {
        ServerName server = location.getServerName();
        if (server == null || !live.contains(server) || except.filter(server::equals).isPresent()) {
          return Optional.of(location + " is not on one of " + live);
        }
        byte[] start = location.getRegion().getStartKey();
        client.exists(new Get(start.length == 0 ? Bytes.toBytes("\0") : start));
      }
      return Optional.empty();
    }
  }

  private static Map<ServerName, ServerMetrics> liveServers(Admin admin) throws IOException {
    return admin.getClusterMetrics(EnumSet.of(Option.LIVE_SERVERS)).getLiveServerMetrics();
  }

  private Connection connection() throws IOException {
    if (connection == null) {
      connection = ConnectionFactory.createConnection(configuration);
    }
    return connection;
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot close the connection to the cluster", e);
      }
    }
  }
}
