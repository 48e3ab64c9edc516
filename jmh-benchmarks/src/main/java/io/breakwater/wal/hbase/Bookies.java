package io.breakwater.wal.hbase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** BookKeeper with a ZooKeeper server and three bookies that force every entry to the disk. */
public final class Bookies implements Storage {

  private static final int COUNT = 3;
  private static final String WORKSPACE = "bwal://bars/";
  private static final String HOST = "127.0.0.1";

  /** Where clients are sent if the way to the bookies is to be longer. */
  private static final String PROXY_HOST = "127.0.0.3";

  /** What they say they are called if there are proxies: clients find these there. */
  private static final String NAME = "bookie";

  private static Bookies shared;

  private final List<ServerProcess> bookies = new ArrayList<>();
  private final List<DelayProxy> proxies = new ArrayList<>();
  private final int zooKeeperPort = ServerProcess.freePort();
  private ServerProcess zooKeeper;
  private String clientsHosts;

  /** Those of this process, started by the first who asks and stopped when it ends. */
  public static synchronized Bookies shared() throws IOException, InterruptedException {
    if (shared == null) {
      Path directory = Files.createTempDirectory("bookies");
      shared = start(directory, 0);
      Bookies started = shared;
      Runtime.getRuntime().addShutdownHook(new Thread(() -> started.stopAndDelete(directory)));
    }
    return shared;
  }

  private void stopAndDelete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      close();
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + directory, e);
    }
  }

  /** Starts them below {@code directory}, {@code roundTripMicros} farther from their clients. */
  static Bookies start(Path directory, long roundTripMicros)
      throws IOException, InterruptedException {
    Bookies started = new Bookies();
    try {
      started.startAll(directory, roundTripMicros);
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private void startAll(Path directory, long roundTripMicros)
      throws IOException, InterruptedException {
    Path zooKeeperDirectory = directory.resolve("zookeeper");
    Path config =
        write(
            zooKeeperDirectory.resolve("zoo.cfg"),
            Map.of(
                "tickTime",
                "2000",
                "dataDir",
                zooKeeperDirectory.resolve("data").toString(),
                "clientPort",
                Integer.toString(zooKeeperPort),
                "clientPortAddress",
                HOST,
                "admin.enableServer",
                "false",
                "4lw.commands.whitelist",
                "*"));
    zooKeeper =
        ServerProcess.start(
                "zookeeper",
                zooKeeperDirectory,
                List.of("-Xmx128m"),
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                config.toString())
            .awaitPort(HOST, zooKeeperPort);
    clientsHosts =
        hosts(directory.resolve("clients-hosts"), roundTripMicros > 0 ? PROXY_HOST : HOST);
    String bookiesHosts = hosts(directory.resolve("bookies-hosts"), HOST);
    List<Path> configs = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 1; i <= COUNT; i++) {
      ports.add(ServerProcess.freePort());
      configs.add(
          writeBookie(
              directory.resolve("bookie-" + i),
              ports.get(i - 1),
              roundTripMicros > 0 ? NAME : HOST));
    }
    ServerProcess.start(
            "format",
            directory.resolve("bookie-1"),
            List.of("-Xmx128m", bookiesHosts),
            "org.apache.bookkeeper.bookie.BookieShell",
            "-conf",
            configs.get(0).toString(),
            "metaformat",
            "-nonInteractive",
            "-force")
        .awaitOutput(Duration.ofMinutes(1));
    for (int i = 0; i < COUNT; i++) {
      bookies.add(
          ServerProcess.start(
              "bookie",
              configs.get(i).getParent(),
              List.of("-Xmx400m", "-XX:MaxDirectMemorySize=400m", bookiesHosts),
              "org.apache.bookkeeper.server.Main",
              "-c",
              configs.get(i).toString()));
      if (roundTripMicros > 0) {
        proxies.add(new DelayProxy(PROXY_HOST, HOST, ports.get(i), roundTripMicros));
      }
    }
    for (int i = 0; i < COUNT; i++) {
      bookies.get(i).awaitPort(HOST, ports.get(i));
    }
  }

  /** The argument by which a JVM knows the bookies at {@code address}. */
  private static String hosts(Path file, String address) throws IOException {
    String self = InetAddress.getLocalHost().getHostName();
    Files.writeString(
        Files.createDirectories(file.getParent()).resolve(file.getFileName()),
        HOST + " localhost " + self + "\n" + address + " " + NAME + "\n");
    return "-Djdk.net.hosts.file=" + file;
  }

  private Path writeBookie(Path directory, int port, String name) throws IOException {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("bookiePort", Integer.toString(port));
    keys.put("listeningInterface", "lo");
    keys.put("allowLoopback", "true");
    keys.put("advertisedAddress", name);
    keys.put("metadataServiceUri", "zk+hierarchical://" + HOST + ":" + zooKeeperPort + "/ledgers");
    keys.put("journalDirectories", directory.resolve("journal").toString());
    keys.put("ledgerDirectories", directory.resolve("ledgers").toString());
    keys.put("indexDirectories", directory.resolve("ledgers").toString());
    keys.put("httpServerEnabled", "false");
    // The WAL groups before it sends: a journal that waits for more only adds its wait.
    keys.put("journalMaxGroupWaitMSec", "0");
    keys.put("journalAdaptiveGroupWrites", "false");
    keys.put("journalMaxSizeMB", "512");
    // A bookie that is stopped for a while comes back as the same.
    keys.put("zkTimeout", "40000");
    return write(directory.resolve("bookie.conf"), keys);
  }

  private static Path write(Path file, Map<String, String> keys) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(
        file,
        keys.entrySet().stream()
            .map(key -> key.getKey() + "=" + key.getValue() + "\n")
            .collect(Collectors.joining()));
  }

  /** The bookies, to be stopped and let go on. */
  List<ServerProcess> bookies() {
    return bookies;
  }

  @Override
  public Map<String, String> configuration() {
    return Map.of(
        "hbase.wal.provider",
        "io.breakwater.wal.BreakwaterWALProvider",
        "hbase.wal.dir",
        WORKSPACE + "hbase",
        "breakwater.wal.engine",
        "bookkeeper",
        "breakwater.wal.bookkeeper.zookeeper",
        HOST + ":" + zooKeeperPort);
  }

  @Override
  public String directoryOfLogs(String run) {
    return "hbase.wal.dir=" + WORKSPACE + run;
  }

  @Override
  public List<String> jvmArguments() {
    return List.of(clientsHosts);
  }

  @Override
  public Duration processorTime() {
    return bookies.stream().map(ServerProcess::processorTime).reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void close() throws IOException {
    bookies.forEach(ServerProcess::close);
    if (zooKeeper != null) {
      zooKeeper.close();
    }
    for (DelayProxy proxy : proxies) {
      proxy.close();
    }
  }
}
