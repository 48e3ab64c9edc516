package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.master.HMaster;
import org.apache.hadoop.hbase.regionserver.HRegionServer;
import org.apache.hadoop.hbase.zookeeper.HQuorumPeer;

/**
 * A real HBase cluster on loopback: ZooKeeper, a master and region servers, each its own
 * operating-system process that can be killed, paused and resumed.
 *
 * <p>The directory belongs to the caller and outlives the cluster. {@code hfiles} in it is {@code
 * hbase.rootdir}, {@code zookeeper} is ZooKeeper's data, and {@code run-N} has the configuration
 * and the logs of the N-th cluster on this directory: a next cluster on it, with other ports and
 * other server names, finds the tables of the previous one.
 *
 * <p>No process survives this JVM. The calls that change the cluster are for one thread; the {@link
 * #connect() connections} are as thread-safe as HBase makes them.
 */
public final class HBaseCluster implements AutoCloseable {

  static final int SESSION_MILLIS = 4_000;

  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  private static final int HEAP_MEGABYTES = 512;

  private final Path directory;
  private final Configuration site;
  private final ClusterFiles files;
  private final ClusterBuilder builder;
  private final Path runDirectory;
  private Daemons daemons;
  private int configurations = 1;
  private final List<ClusterBuilder.Step> bootstrap;
  private final int zooKeeperPort;
  private final List<ClusterProcess> masters = new ArrayList<>();
  private final List<ClusterProcess> regionServers = new ArrayList<>();
  private final ClusterWatch watch;
  private ClusterProcess zooKeeper;

  HBaseCluster(ClusterBuilder builder, Path runDirectory) {
    this.builder = builder;
    this.runDirectory = runDirectory;
    this.directory = builder.directory();
    this.bootstrap = List.copyOf(builder.bootstrap());
    this.zooKeeperPort = Ports.fresh();
    this.site = builder.site(runDirectory, zooKeeperPort);
    this.files = new ClusterFiles(directory, site);
    this.daemons = new Daemons(runDirectory, "conf", site, builder.pluginJars());
    this.watch = new ClusterWatch(clientConfiguration(), this::processes);
  }

  /** A cluster whose files are below {@code directory}, which need not exist. */
  public static ClusterBuilder in(Path directory) {
    return new ClusterBuilder(directory.toAbsolutePath());
  }

  void start(int count, Consumer<Configuration> beforeMaster) {
    try {
      zooKeeper = daemons.start("zookeeper", zooKeeperPort, 256, HQuorumPeer.class);
      watch.await("ZooKeeper to listen", START_TIMEOUT, this::zooKeeperListens);
      bootstrap.forEach(this::run);
      Configuration whole = HBaseConfiguration.create();
      site.forEach(property -> whole.set(property.getKey(), property.getValue()));
      beforeMaster.accept(whole);
      startMaster();
      for (int i = 0; i < count; i++) {
        startRegionServer();
      }
      awaitRegionServers(count);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void run(ClusterBuilder.Step step) {
    ClusterProcess program =
        daemons.start(
            step.main().getSimpleName(),
            0,
            HEAP_MEGABYTES,
            step.main(),
            step.arguments().toArray(String[]::new));
    if (program.awaitExit(START_TIMEOUT) != 0) {
      throw new IllegalStateException(
          "Cannot start the cluster: %s failed\n%s".formatted(program, program.logTail()));
    }
  }

  private Optional<String> zooKeeperListens() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), zooKeeperPort), 1_000);
      return Optional.empty();
    }
  }

  /** Starts one more master, which serves when there is no other or the other is lost. */
  public ClusterProcess startMaster() {
    int port = Ports.fresh();
    ClusterProcess master =
        daemons.start(
            "master-" + (masters.size() + 1),
            port,
            HEAP_MEGABYTES,
            HMaster.class,
            "-Dhbase.master.port=" + port,
            "start");
    masters.add(master);
    return master;
  }

  /** Starts one more region server; {@link #awaitRegionServers} tells when it is up. */
  public ClusterProcess startRegionServer() {
    int port = Ports.fresh();
    ClusterProcess server =
        daemons.start(
            "regionserver-" + (regionServers.size() + 1),
            port,
            HEAP_MEGABYTES,
            HRegionServer.class,
            "-Dhbase.regionserver.port=" + port,
            "start");
    regionServers.add(server);
    return server;
  }

  /**
   * Has the processes that are started from now on, not those that run, use other keys of {@code
   * hbase-site.xml} and other jars.
   */
  public void reconfigure(Consumer<ClusterBuilder> change) {
    change.accept(builder);
    configurations++;
    daemons =
        new Daemons(
            runDirectory,
            "conf-" + configurations,
            builder.site(runDirectory, zooKeeperPort),
            builder.pluginJars());
  }

  public ClusterProcess zooKeeper() {
    return zooKeeper;
  }

  /** The master that was started last. */
  public ClusterProcess master() {
    return masters.get(masters.size() - 1);
  }

  /** Every region server that was started, dead ones too, in the order of their start. */
  public List<ClusterProcess> regionServers() {
    return Collections.unmodifiableList(regionServers);
  }

  /**
   * The process behind the name of a live server.
   *
   * @throws IllegalArgumentException if no region server of this cluster has its port
   */
  public ClusterProcess regionServer(ServerName server) {
    return regionServers.stream()
        .filter(process -> process.port() == server.getPort())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot find region server %s: the cluster has %s"
                        .formatted(server, regionServers)));
  }

  /** What the cluster has written. */
  public ClusterFiles files() {
    return files;
  }

  private List<ClusterProcess> processes() {
    return Stream.of(Stream.ofNullable(zooKeeper), masters.stream(), regionServers.stream())
        .flatMap(processes -> processes)
        .toList();
  }

  /** SIGKILLs every process of the cluster at once. */
  public void killEverything() {
    processes().forEach(ClusterProcess::sendKill);
    processes().forEach(ClusterProcess::kill);
  }

  /**
   * Forgets all that ZooKeeper knows.
   *
   * @throws IllegalStateException while ZooKeeper runs
   */
  public void deleteZooKeeperData() {
    if (zooKeeper.isAlive()) {
      throw new IllegalStateException("Cannot delete ZooKeeper's data: " + zooKeeper + " uses it");
    }
    try {
      FileUtils.deleteDirectory(directory.resolve("zookeeper").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete ZooKeeper's data in " + directory, e);
    }
  }

  /** What a client needs to reach this cluster; a copy. */
  public Configuration clientConfiguration() {
    Configuration client = HBaseConfiguration.create();
    client.set("hbase.zookeeper.quorum", "localhost");
    client.setInt("hbase.zookeeper.property.clientPort", zooKeeperPort);
    client.setInt("zookeeper.session.timeout", SESSION_MILLIS);
    // As patient as by default, but never asleep for long when a region is back.
    client.setInt("hbase.client.pause", 20);
    client.setInt("hbase.client.retries.number", 50);
    return client;
  }

  /** A new connection, which the caller closes. */
  public Connection connect() throws IOException {
    return ConnectionFactory.createConnection(clientConfiguration());
  }

  /** The server that has hbase:meta. */
  public ServerName serverOfMeta(Connection connection) throws IOException {
    try (RegionLocator locator = connection.getRegionLocator(TableName.META_TABLE_NAME)) {
      return locator.getRegionLocation(HConstants.EMPTY_START_ROW, true).getServerName();
    }
  }

  /** Waits until {@code count} region servers are live, and the master serves, and meta is read. */
  public void awaitRegionServers(int count) {
    watch.await(
        count + " live region servers and hbase:meta",
        START_TIMEOUT,
        () -> watch.missingServers(count));
  }

  /** Waits until every region of {@code table} answers from a live server. */
  public void awaitTable(TableName table) {
    watch.await(
        "all regions of " + table,
        START_TIMEOUT,
        () -> watch.missingRegions(table, Optional.empty()));
  }

  /** Waits until every region of {@code table} answers from a server other than {@code lost}. */
  public void awaitTableWithout(TableName table, ServerName lost) {
    watch.await(
        "all regions of " + table + " elsewhere than on " + lost,
        START_TIMEOUT,
        () -> watch.missingRegions(table, Optional.of(lost)));
  }

  /** Ends every process; the files stay. */
  @Override
  public void close() {
    try {
      killEverything();
    } finally {
      watch.close();
    }
  }

  @Override
  public String toString() {
    return "HBase cluster in %s: %s".formatted(directory, processes());
  }
}
