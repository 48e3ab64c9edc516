package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.util.VersionInfo;

/** Says what the cluster is made of; {@link #start} makes it. */
public final class ClusterBuilder {

  private final Path directory;
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final List<Path> pluginJars = new ArrayList<>();
  private final List<Step> bootstrap = new ArrayList<>();
  private int regionServers = 2;

  /** A program with its arguments. */
  record Step(Class<?> main, List<String> arguments) {}

  ClusterBuilder(Path directory) {
    this.directory = directory;
  }

  /** How many region servers it starts with; 2 if not said. */
  public ClusterBuilder regionServers(int count) {
    this.regionServers = count;
    return this;
  }

  /** Puts a jar on the class path of every process. */
  public ClusterBuilder plugin(Path jar) {
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
  public ClusterBuilder breakwater(Path logs) {
    return breakwater()
        .set("breakwater.wal.engine", "embedded")
        .set("breakwater.wal.embedded.dir", logs.toAbsolutePath().toString());
  }

  /**
   * Keeps the write-ahead logs in a workspace on {@code bookies}, with the plugin from the jar that
   * the system property {@code breakwater.jar} names.
   */
  public ClusterBuilder breakwater(BookieCluster bookies) {
    return breakwater()
        .set("breakwater.wal.engine", "bookkeeper")
        .set("breakwater.wal.bookkeeper.zookeeper", bookies.zooKeeper());
  }

  private ClusterBuilder breakwater() {
    String jar = System.getProperty("breakwater.jar");
    if (jar == null) {
      throw new IllegalStateException(
          "Cannot find the plugin: the system property breakwater.jar must name its jar");
    }
    if (VersionInfo.getVersion().startsWith("2.5.")) {
      set("breakwater.wal.recover-on-open", "true");
      set("hbase.regionserver.hlog.reader.impl", "io.breakwater.wal.hbase.CheckedLogReader");
    }
    return plugin(Path.of(jar))
        .walDirectory(URI.create("bwal://cluster/hbase"))
        .set("hbase.wal.provider", "io.breakwater.wal.BreakwaterWALProvider");
  }

  /** Where the write-ahead logs go: {@code hbase.wal.dir}. */
  public ClusterBuilder walDirectory(URI directory) {
    return set("hbase.wal.dir", directory.toString());
  }

  /** A key of {@code hbase-site.xml}. */
  public ClusterBuilder set(String key, String value) {
    keys.put(key, value);
    return this;
  }

  /** Takes back what {@link #set} said. */
  public ClusterBuilder unset(String key) {
    keys.remove(key);
    return this;
  }

  /**
   * A program that runs, and must succeed, after ZooKeeper is up and before the first master is
   * started.
   */
  public ClusterBuilder bootstrap(Class<?> main, String... arguments) {
    bootstrap.add(new Step(main, List.of(arguments)));
    return this;
  }

  /**
   * Starts the processes and waits until the cluster serves.
   *
   * @throws IllegalStateException with the end of the process's log if one fails to start
   */
  public HBaseCluster start() {
    return startPrepared(site -> {});
  }

  /**
   * As {@link #start}, with something done between the start of ZooKeeper and that of the master.
   *
   * @param beforeMaster gets the cluster's configuration
   */
  public HBaseCluster startPrepared(Consumer<Configuration> beforeMaster) {
    HBaseCluster cluster = new HBaseCluster(this, nextRunDirectory());
    cluster.start(regionServers, beforeMaster);
    return cluster;
  }

  Path directory() {
    return directory;
  }

  List<Path> pluginJars() {
    return pluginJars;
  }

  List<Step> bootstrap() {
    return bootstrap;
  }

  Configuration site(Path runDirectory, int zooKeeperPort) {
    Configuration site = new Configuration(false);
    site.set("hbase.cluster.distributed", "true");
    site.set("hbase.rootdir", directory.resolve("hfiles").toUri().toString());
    site.set("hbase.tmp.dir", runDirectory.resolve("tmp").toString());
    site.set("hadoop.tmp.dir", runDirectory.resolve("tmp").toString());
    site.set("hbase.master.hostname", "localhost");
    site.set("hbase.unsafe.regionserver.hostname", "localhost");
    site.set("hbase.master.ipc.address", "127.0.0.1");
    site.set("hbase.regionserver.ipc.address", "127.0.0.1");
    site.setInt("hbase.master.info.port", -1);
    site.setInt("hbase.regionserver.info.port", -1);
    site.setInt("hbase.master.wait.on.regionservers.mintostart", regionServers);
    site.setInt("hbase.master.wait.on.regionservers.maxtostart", regionServers);
    // Short, for quick recoveries; ZooKeeper ends sessions at its ticks, and grants no less than
    // two.
    site.setInt("zookeeper.session.timeout", HBaseCluster.SESSION_MILLIS);
    site.setInt("hbase.zookeeper.property.tickTime", 500);
    // A region server reports for duty, and gets its first region, at these intervals.
    site.setInt("hbase.regionserver.msginterval", 500);
    site.setInt("hbase.master.wait.on.regionservers.interval", 200);
    site.set("hbase.zookeeper.quorum", "localhost");
    site.setInt("hbase.zookeeper.property.clientPort", zooKeeperPort);
    site.set("hbase.zookeeper.property.dataDir", directory.resolve("zookeeper").toString());
    site.set("hbase.zookeeper.property.clientPortAddress", "127.0.0.1");
    site.set("hbase.zookeeper.property.admin.enableServer", "false");
    keys.forEach(site::set);
    return site;
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
