package io.breakwater.wal.log.bookkeeper;

import java.io.Closeable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A real ZooKeeper server in this JVM, on a free port of the loopback interface. */
final class LocalZooKeeper implements Closeable {

  private final NIOServerCnxnFactory server;

  private LocalZooKeeper(NIOServerCnxnFactory server) {
    this.server = server;
  }

  /** A server with its files in {@code directory}. */
  static LocalZooKeeper start(Path directory) throws Exception {
    NIOServerCnxnFactory server = new NIOServerCnxnFactory();
    server.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.startup(
        new ZooKeeperServer(
            directory.resolve("data").toFile(), directory.resolve("log").toFile(), 1000));
    return new LocalZooKeeper(server);
  }

  /** For clients. */
  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Ends a session as if it had timed out. */
  void expire(long session) {
    server.getZooKeeperServer().closeSession(session);
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
