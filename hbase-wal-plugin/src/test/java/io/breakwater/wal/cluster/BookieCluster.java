package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.Main;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.awaitility.Awaitility;

/**
 * Bookies and their ZooKeeper, each a process of its own on loopback, with journals that are forced
 * to the disk. A bookie keeps its directories and its port when it is started again.
 *
 * <p>Behind {@linkplain #startBehindLinks links} all that clients and bookies say to each other
 * goes through a proxy for each bookie. The bookie advertises the name {@code localhost}; its own
 * process takes that for 127.0.0.2, where it listens, and everybody else for 127.0.0.1, where the
 * proxy does.
 */
public final class BookieCluster implements AutoCloseable {

  private static final String LOGGING =
      """
      log4j.rootLogger=INFO,console
      log4j.appender.console=org.apache.log4j.ConsoleAppender
      log4j.appender.console.layout=org.apache.log4j.PatternLayout
      log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %-5p [%t] %c{2}: %m%n
      """;

  /** Where bookies listen that are behind links. */
  private static final String HIDDEN = "127.0.0.2";

  private static final Duration START = Duration.ofSeconds(60);

  private final Path directory;
  private final int zooKeeperPort = Ports.fresh();
  private final List<Integer> ports = new ArrayList<>();
  private final List<ClusterProcess> bookies = new ArrayList<>();
  private final List<Instant> started = new ArrayList<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final List<FaultyLink> links = new ArrayList<>();

  /** Bookies with a disk of their own, and how many megabytes it has. */
  private final Map<Integer, Integer> limits = new TreeMap<>();

  private final boolean behindLinks;
  private ClusterProcess zooKeeper;

  /** Starts {@code count} bookies below {@code directory}. */
  public static BookieCluster start(Path directory, int count) {
    return start(directory, count, Map.of());
  }

  /** Starts bookies with further settings, by BookKeeper's own names. */
  public static BookieCluster start(Path directory, int count, Map<String, String> settings) {
    return start(new BookieCluster(directory, settings, false), count);
  }

  /** Starts bookies that are reached through {@link #link links} only. */
  public static BookieCluster startBehindLinks(
      Path directory, int count, Map<String, String> settings) {
    return start(new BookieCluster(directory, settings, true), count);
  }

  private static BookieCluster start(BookieCluster cluster, int count) {
    try {
      cluster.startAll(count);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private BookieCluster(Path directory, Map<String, String> settings, boolean behindLinks) {
    this.directory = directory;
    this.settings.putAll(settings);
    this.behindLinks = behindLinks;
  }

  private void startAll(int count) {
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("log4j.properties"), LOGGING);
      Path zoo = directory.resolve("zoo.cfg");
      Files.writeString(
          zoo,
          "tickTime=500\ndataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
              .formatted(directory.resolve("zookeeper"), zooKeeperPort));
      zooKeeper =
          start(
              "bk-zookeeper",
              zooKeeperPort,
              List.of(),
              List.of(),
              ZooKeeperServerMain.class,
              zoo.toString());
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
      add();
      if (behindLinks) {
        links.add(FaultyLink.between(address("127.0.0.1", i), address(HIDDEN, i)));
      }
    }
    for (int i = 0; i < count; i++) {
      awaitBookie(i);
    }
  }

  private int add() {
    ports.add(Ports.fresh());
    bookies.add(null);
    started.add(null);
    launch(bookies.size() - 1);
    return bookies.size() - 1;
  }

  /** Whether this machine lets a process have a file system of its own. */
  public static boolean canLimitDisks() {
    try {
      Process probe =
          new ProcessBuilder("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while trying to mount", e);
    }
  }

  /**
   * Starts one more bookie, with a disk of its own that is lost with its process.
   *
   * @return its index
   */
  public int addBookieWithDisk(int megabytes) {
    limits.put(bookies.size(), megabytes);
    int index = add();
    awaitBookie(index);
    return index;
  }

  /** Fills what is left of the disk of a bookie that has one of its own. */
  public void fillDisk(int index) {
    if (!limits.containsKey(index)) {
      throw new IllegalArgumentException("Bookie " + index + " has no disk of its own");
    }
    Path seenByIt = Path.of("/proc/" + bookies.get(index).pid() + "/root" + bookieDirectory(index));
    byte[] some = new byte[1 << 16];
    try (OutputStream filler = Files.newOutputStream(seenByIt.resolve("filler"))) {
      for (long i = 0; i < (long) limits.get(index) << 20; i += some.length) {
        filler.write(some);
      }
      throw new IllegalStateException("The disk of bookie " + index + " does not get full");
    } catch (IOException full) {
      if (!full.getMessage().contains("No space left")) {
        throw new UncheckedIOException("Cannot fill the disk of bookie " + index, full);
      }
    }
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

  /**
   * The network between a bookie and its clients.
   *
   * @throws IllegalStateException if the bookies were not started behind links
   */
  public FaultyLink link(int index) {
    if (!behindLinks) {
      throw new IllegalStateException(
          "Cannot disturb the network of bookie " + index + ": it was not started behind a link");
    }
    return links.get(index);
  }

  private InetSocketAddress address(String host, int index) {
    return new InetSocketAddress(host, ports.get(index));
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
    awaitBookie(index);
  }

  /** A bookie listens before clients can find it, and after its death it is found for a while. */
  @SuppressWarnings("try") // Closing a session may be interrupted.
  private void awaitBookie(int index) {
    ClusterProcess bookie = bookies.get(index);
    awaitPort(bookie);
    String node = "/ledgers/available/" + host() + ":" + ports.get(index);
    try (ZooKeeper session = new ZooKeeper(zooKeeper(), (int) START.toMillis(), event -> {})) {
      Awaitility.await(bookie + " to be registered")
          .atMost(START)
          .ignoreException(KeeperException.ConnectionLossException.class)
          .until(
              () -> {
                requireAlive(bookie);
                Stat stat = session.exists(node, false);
                return stat != null && stat.getCtime() >= started.get(index).toEpochMilli();
              });
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot ask ZooKeeper for " + bookie, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + bookie, e);
    }
  }

  private String host() {
    return behindLinks ? "localhost" : "127.0.0.1";
  }

  private static void requireAlive(ClusterProcess process) {
    if (process.diedByItself()) {
      throw new IllegalStateException(process + " did not start\n" + process.logTail());
    }
  }

  private void launch(int index) {
    started.set(index, Instant.now());
    Path home = bookieDirectory(index);
    Map<String, String> conf = new TreeMap<>();
    conf.put("metadataServiceUri", metadataUri());
    conf.put("bookiePort", ports.get(index).toString());
    conf.put("advertisedAddress", host());
    conf.put("listeningInterface", "lo");
    conf.put("allowLoopback", "true");
    conf.put("journalDirectories", home.resolve("journal").toString());
    conf.put("ledgerDirectories", home.resolve("ledgers").toString());
    conf.put("journalPreAllocSizeMB", "4");
    conf.put("journalMaxSizeMB", "64");
    conf.put("diskUsageThreshold", "0.99");
    conf.put("diskUsageWarnThreshold", "0.98");
    conf.put("zkTimeout", "4000");
    conf.put("numAddWorkerThreads", "1");
    conf.put("numReadWorkerThreads", "1");
    conf.put("httpServerEnabled", "false");
    conf.put("enableStatistics", "false");
    conf.putAll(settings);
    try {
      Files.createDirectories(home);
      Path file = directory.resolve("bookie-" + index + ".conf");
      Files.writeString(
          file,
          conf.entrySet().stream()
              .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
              .collect(Collectors.joining()));
      bookies.set(
          index,
          start(
              "bookie-" + index,
              ports.get(index),
              disk(index, home),
              behindLinks ? List.of("-Djdk.net.hosts.file=" + hosts()) : List.of(),
              Main.class,
              "--conf",
              file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot configure bookie " + index, e);
    }
  }

  /** What gives the program behind it a small disk at {@code home}. */
  private List<String> disk(int index, Path home) {
    if (!limits.containsKey(index)) {
      return List.of();
    }
    String mount = "mount -t tmpfs -o size=%dm tmpfs '%s'".formatted(limits.get(index), home);
    return List.of("unshare", "--mount", "sh", "-c", mount + " && exec \"$@\"", "sh");
  }

  /** What names mean in the processes of bookies that are behind links. */
  private Path hosts() throws IOException {
    String names = HIDDEN + " localhost\n127.0.0.1 " + InetAddress.getLocalHost().getHostName();
    return Files.writeString(directory.resolve("hosts"), names + "\n");
  }

  private ClusterProcess start(
      String name,
      int port,
      List<String> launcher,
      List<String> options,
      Class<?> main,
      String... arguments) {
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.net.preferIPv4Stack=true",
            "-Dzookeeper.4lw.commands.whitelist=*"));
    command.addAll(options);
    command.addAll(
        List.of(
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

  private void awaitPort(ClusterProcess process) {
    boolean hidden = behindLinks && bookies.contains(process);
    InetSocketAddress address =
        new InetSocketAddress(hidden ? HIDDEN : "127.0.0.1", process.port());
    Awaitility.await(process + " to take connections")
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              requireAlive(process);
              try (Socket socket = new Socket()) {
                socket.connect(address, 500);
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
    links.forEach(FaultyLink::close);
  }
}
