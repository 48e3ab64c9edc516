package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.Main;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.awaitility.Awaitility;

/**
 * Bookies and their ZooKeeper, each a process of its own on loopback, with journals that are forced
 * to the disk. A bookie keeps its directories and its port when it is started again.
 */
public final class BookieCluster implements AutoCloseable {

  private static final String LOGGING =
      """
      log4j.rootLogger=INFO,console
      log4j.appender.console=org.apache.log4j.ConsoleAppender
      log4j.appender.console.layout=org.apache.log4j.PatternLayout
      log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %-5p [%t] %c{2}: %m%n
      """;

  private static final Duration START = Duration.ofSeconds(60);

  private final Path directory;
  private final int zooKeeperPort = Ports.fresh();
  private final List<Integer> ports = new ArrayList<>();
  private final List<ClusterProcess> bookies = new ArrayList<>();
  private final Map<String, String> settings = new TreeMap<>();
  private ClusterProcess zooKeeper;

  /** Starts {@code count} bookies below {@code directory}. */
  public static BookieCluster start(Path directory, int count) {
    return start(directory, count, Map.of());
  }

  /** Starts bookies with further settings, by BookKeeper's own names. */
  public static BookieCluster start(Path directory, int count, Map<String, String> settings) {
    BookieCluster cluster = new BookieCluster(directory);
    cluster.settings.putAll(settings);
    try {
      cluster.startAll(count);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private BookieCluster(Path directory) {
    this.directory = directory;
  }

  private void startAll(int count) {
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("log4j.properties"), LOGGING);
      Path zoo = directory.resolve("zoo.cfg");
      Files.writeString(
          zoo,
          "tickTime=1000\ndataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
              .formatted(directory.resolve("zookeeper"), zooKeeperPort));
      zooKeeper = start("bk-zookeeper", zooKeeperPort, ZooKeeperServerMain.class, zoo.toString());
      awaitPort(zooKeeper);
      awaitServing();
      ServerConfiguration conf = new ServerConfiguration();
      conf.setMetadataServiceUri(metadataUri());
      conf.setZkTimeout((int) START.toMillis());
      if (!BookKeeperAdmin.initNewCluster(conf)) {
        throw new IllegalStateException("Cannot format the metadata at " + metadataUri());
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("Cannot start bookies in " + directory, e);
    }
    for (int i = 0; i < count; i++) {
      ports.add(Ports.fresh());
      bookies.add(null);
      launch(i);
    }
    bookies.forEach(BookieCluster::awaitPort);
  }

  /** ZooKeeper takes connections before it serves. */
  private void awaitServing() {
    Awaitility.await("ZooKeeper to serve")
        .atMost(START)
        .until(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), zooKeeperPort)) {
                socket.setSoTimeout(2_000);
                socket.getOutputStream().write("ruok".getBytes(StandardCharsets.US_ASCII));
                byte[] answer = socket.getInputStream().readAllBytes();
                return new String(answer, StandardCharsets.US_ASCII).equals("imok");
              } catch (IOException notYet) {
                return false;
              }
            });
  }

  /** Where the plugin finds BookKeeper: {@code breakwater.wal.bookkeeper.zookeeper}. */
  public String zooKeeper() {
    return "127.0.0.1:" + zooKeeperPort;
  }

  /** The process of BookKeeper's ZooKeeper. */
  public ClusterProcess zooKeeperProcess() {
    return zooKeeper;
  }

  private String metadataUri() {
    return "zk+hierarchical://" + zooKeeper() + "/ledgers";
  }

  /** The process of a bookie, counted from 0; dead or alive. */
  public ClusterProcess bookie(int index) {
    return bookies.get(index);
  }

  /** The directory of a bookie's journal and entry logs. */
  public Path bookieDirectory(int index) {
    return directory.resolve("bookie-" + index);
  }

  /** Starts a bookie that was killed, with what is on its disk. */
  public void restart(int index) {
    if (bookies.get(index).isAlive()) {
      throw new IllegalStateException(bookies.get(index) + " is alive, cannot be started again");
    }
    launch(index);
    awaitPort(bookies.get(index));
  }

  private void launch(int index) {
    Path home = bookieDirectory(index);
    Map<String, String> conf = new TreeMap<>();
    conf.put("metadataServiceUri", metadataUri());
    conf.put("bookiePort", ports.get(index).toString());
    conf.put("advertisedAddress", "127.0.0.1");
    conf.put("listeningInterface", "lo");
    conf.put("allowLoopback", "true");
    conf.put("journalDirectories", home.resolve("journal").toString());
    conf.put("ledgerDirectories", home.resolve("ledgers").toString());
    conf.put("journalPreAllocSizeMB", "4");
    conf.put("journalMaxSizeMB", "64");
    conf.put("diskUsageThreshold", "0.99");
    conf.put("diskUsageWarnThreshold", "0.98");
    conf.put("zkTimeout", "6000");
    conf.put("numAddWorkerThreads", "1");
    conf.put("numReadWorkerThreads", "1");
    conf.put("httpServerEnabled", "false");
    conf.put("enableStatistics", "false");
    conf.putAll(settings);
    try {
      Files.createDirectories(home);
      Path file = home.resolve("bookie.conf");
      Files.writeString(
          file,
          conf.entrySet().stream()
              .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
              .collect(Collectors.joining()));
      bookies.set(
          index, start("bookie-" + index, ports.get(index), Main.class, "--conf", file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot configure bookie " + index, e);
    }
  }

  private ClusterProcess start(String name, int port, Class<?> main, String... arguments) {
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.net.preferIPv4Stack=true",
            "-Dzookeeper.4lw.commands.whitelist=*",
            "-Dlog4j.configuration=" + directory.resolve("log4j.properties").toUri(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      ProcessReaper.watch(process);
      return new ClusterProcess(name, port, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + " in " + directory, e);
    }
  }

  private static void awaitPort(ClusterProcess process) {
    Awaitility.await(process + " to take connections")
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (process.diedByItself()) {
                throw new IllegalStateException(process + " did not start\n" + process.logTail());
              }
              try (Socket socket = new Socket()) {
                socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), process.port()), 500);
                return true;
              } catch (IOException notYet) {
                return false;
              }
            });
  }

  @Override
  public void close() {
    List<ClusterProcess> all = new ArrayList<>(bookies);
    all.add(zooKeeper);
    all.removeIf(process -> process == null || !process.isAlive());
    all.forEach(ClusterProcess::sendKill);
    all.forEach(process -> process.awaitExit(START));
  }
}
