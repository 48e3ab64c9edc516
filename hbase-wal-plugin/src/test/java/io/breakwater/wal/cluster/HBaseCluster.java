package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.master.HMaster;
import org.apache.hadoop.hbase.regionserver.HRegionServer;
import org.apache.hadoop.hbase.util.CommonFSUtils;
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

  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  private static final int HEAP_MEGABYTES = 512;

  private final Path directory;
  private final Configuration site;
  private final Daemons daemons;
  private final int zooKeeperPort;
  private final List<ClusterProcess> regionServers = new ArrayList<>();
  private final ClusterWatch watch;
  private ClusterProcess zooKeeper;
  private ClusterProcess master;
  private int regionServersStarted;

  private HBaseCluster(Builder builder, Path runDirectory) {
    this.directory = builder.directory;
    this.zooKeeperPort = Ports.fresh();
    this.site = site(builder, runDirectory, zooKeeperPort);
    this.daemons = new Daemons(runDirectory, site, builder.pluginJars);
    this.watch = new ClusterWatch(clientConfiguration(), this::processes);
  }

  /** A cluster whose files are below {@code directory}, which need not exist. */
  public static Builder in(Path directory) {
    return new Builder(directory.toAbsolutePath());
  }

  private static Configuration site(Builder builder, Path runDirectory, int zooKeeperPort) {
    Configuration site = new Configuration(false);
    site.set("hbase.cluster.distributed", "true");
    site.set("hbase.rootdir", builder.directory.resolve("hfiles").toUri().toString());
    site.set("hbase.tmp.dir", runDirectory.resolve("tmp").toString());
    site.set("hadoop.tmp.dir", runDirectory.resolve("tmp").toString());
    site.set("hbase.master.hostname", "localhost");
    site.set("hbase.unsafe.regionserver.hostname", "localhost");
    site.set("hbase.master.ipc.address", "127.0.0.1");
    site.set("hbase.regionserver.ipc.address", "127.0.0.1");
    site.setInt("hbase.master.info.port", -1);
    site.setInt("hbase.regionserver.info.port", -1);
    site.setInt("hbase.master.wait.on.regionservers.mintostart", builder.regionServers);
    site.setInt("hbase.master.wait.on.regionservers.maxtostart", builder.regionServers);
    // The shortest that ZooKeeper grants is twice its tick of 2 s.
    site.setInt("zookeeper.session.timeout", 6_000);
    site.set("hbase.zookeeper.quorum", "localhost");
    site.setInt("hbase.zookeeper.property.clientPort", zooKeeperPort);
    site.set("hbase.zookeeper.property.dataDir", builder.directory.resolve("zookeeper").toString());
    site.set("hbase.zookeeper.property.clientPortAddress", "127.0.0.1");
    site.set("hbase.zookeeper.property.admin.enableServer", "false");
    builder.keys.forEach(site::set);
    return site;
  }

  private void start(int count) {
    try {
      zooKeeper = daemons.start("zookeeper", zooKeeperPort, 256, HQuorumPeer.class);
      watch.await("ZooKeeper to listen", START_TIMEOUT, this::zooKeeperListens);
      int port = Ports.fresh();
      master =
          daemons.start(
              "master",
              port,
              HEAP_MEGABYTES,
              HMaster.class,
              "-Dhbase.master.port=" + port,
              "start");
      for (int i = 0; i < count; i++) {
        launchRegionServer();
      }
      awaitRegionServers(count);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Optional<String> zooKeeperListens() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), zooKeeperPort), 1_000);
      return Optional.empty();
    }
  }

  private ClusterProcess launchRegionServer() {
    int port = Ports.fresh();
    ClusterProcess server =
        daemons.start(
            "regionserver-" + ++regionServersStarted,
            port,
            HEAP_MEGABYTES,
            HRegionServer.class,
            "-Dhbase.regionserver.port=" + port,
            "start");
    regionServers.add(server);
    return server;
  }

  /**
   * Starts one more region server on a fresh port; {@link #awaitRegionServers} tells when it is up.
   */
  public ClusterProcess startRegionServer() {
    return launchRegionServer();
  }

  public ClusterProcess zooKeeper() {
    return zooKeeper;
  }

  public ClusterProcess master() {
    return master;
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

  private List<ClusterProcess> processes() {
    return Stream.concat(Stream.of(zooKeeper, master), regionServers.stream())
        .filter(process -> process != null)
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
    client.setInt("zookeeper.session.timeout", 6_000);
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

  /** The files that {@code table} was flushed or compacted to; none if it was never flushed. */
  public List<Path> storeFiles(TableName table) throws IOException {
    Path data =
        directory
            .resolve("hfiles/data")
            .resolve(table.getNamespaceAsString())
            .resolve(table.getQualifierAsString());
    int regionFamilyFile = 3;
    try (Stream<Path> files = Files.walk(data, regionFamilyFile)) {
      return files
          .filter(file -> data.relativize(file).getNameCount() == regionFamilyFile)
          .filter(Files::isRegularFile)
          .filter(file -> !file.getParent().getFileName().toString().startsWith("."))
          .toList();
    }
  }

  /** The names of the write-ahead logs that the region servers have now. */
  public List<String> walNames() throws IOException {
    org.apache.hadoop.fs.Path wals =
        new org.apache.hadoop.fs.Path(CommonFSUtils.getWALRootDir(site), "WALs");
    List<String> names = new ArrayList<>();
    // Not a cached one, whose workspace is that of an earlier cluster.
    try (FileSystem fs = FileSystem.newInstance(wals.toUri(), site)) {
      for (FileStatus server : fs.listStatus(wals)) {
        for (FileStatus wal : fs.listStatus(server.getPath())) {
          names.add(wal.getPath().getName());
        }
      }
    }
    return names;
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

  /** Says what the cluster is made of; {@link #start} makes it. */
  public static final class Builder {

    private final Path directory;
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final List<Path> pluginJars = new ArrayList<>();
    private int regionServers = 2;

    private Builder(Path directory) {
      this.directory = directory;
    }

    /** How many region servers it starts with; 2 if not said. */
    public Builder regionServers(int count) {
      this.regionServers = count;
      return this;
    }

    /** Puts a jar on the class path of every process. */
    public Builder plugin(Path jar) {
      if (!Files.isRegularFile(jar)) {
        throw new IllegalArgumentException("Cannot use plugin " + jar + ": there is no such file");
      }
      pluginJars.add(jar.toAbsolutePath());
      return this;
    }

    /**
     * Keeps the write-ahead logs in a workspace of the embedded engine below {@code logs}, with the
     * plugin from the jar that the system property {@code breakwater.jar} names.
     */
    public Builder breakwater(Path logs) {
      String jar = System.getProperty("breakwater.jar");
      if (jar == null) {
        throw new IllegalStateException(
            "Cannot find the plugin: the system property breakwater.jar must name its jar");
      }
      return plugin(Path.of(jar))
          .walDirectory(URI.create("bwal://cluster/hbase"))
          .set("hbase.wal.provider", "io.breakwater.wal.BreakwaterWALProvider")
          .set("breakwater.wal.engine", "embedded")
          .set("breakwater.wal.embedded.dir", logs.toAbsolutePath().toString());
    }

    /** Where the write-ahead logs go: {@code hbase.wal.dir}. */
    public Builder walDirectory(URI directory) {
      return set("hbase.wal.dir", directory.toString());
    }

    /** A key of {@code hbase-site.xml}. */
    public Builder set(String key, String value) {
      keys.put(key, value);
      return this;
    }

    /**
     * Starts the processes and waits until the cluster serves.
     *
     * @throws IllegalStateException with the end of the process's log if one fails to start
     */
    public HBaseCluster start() {
      HBaseCluster cluster = new HBaseCluster(this, nextRunDirectory());
      cluster.start(regionServers);
      return cluster;
    }

    private Path nextRunDirectory() {
      try {
        Files.createDirectories(directory);
        int run = 1;
        while (Files.exists(directory.resolve("run-" + run))) {
          run++;
        }
        return Files.createDirectory(directory.resolve("run-" + run));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot create a directory in " + directory, e);
      }
    }
  }
}
