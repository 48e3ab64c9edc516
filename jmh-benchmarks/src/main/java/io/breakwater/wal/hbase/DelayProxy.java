package io.breakwater.wal.hbase;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A longer way to a server: passes bytes on in both directions, each after half of the round trip
 * that it adds. Bytes do not wait for each other, so as many may be under way as the sender likes.
 */
final class DelayProxy implements AutoCloseable {

  private static final int MAX_CHUNK = 64 << 10;

  /** Chunks that one direction of a connection holds before its sender is held back. */
  private static final int MAX_CHUNKS = 4_096;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final long delayNanos;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private record Chunk(ByteBuffer bytes, long due) {}

  /** Listens at {@code host} for connections to {@code targetHost}, both on {@code port}. */
  DelayProxy(String host, String targetHost, int port, long roundTripMicros) throws IOException {
    this.server = new ServerSocket();
    this.target = new InetSocketAddress(InetAddress.getByName(targetHost), port);
    this.delayNanos = roundTripMicros * 1_000 / 2;
    server.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    daemon("accept", this::acceptAll);
  }

  private void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, "delay-" + target.getPort() + "-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket behind = new Socket();
        sockets.add(client);
        sockets.add(behind);
        behind.connect(target);
        client.setTcpNoDelay(true);
        behind.setTcpNoDelay(true);
        pass(client, behind, "there");
        pass(behind, client, "back");
      } catch (IOException e) {
        if (!server.isClosed()) {
          System.err.println("Cannot connect to " + target + ": " + e);
        }
      }
    }
  }

  private void pass(Socket from, Socket to, String direction) {
    LinkedBlockingQueue<Chunk> underWay = new LinkedBlockingQueue<>(MAX_CHUNKS);
    daemon(direction + "-in", () -> receive(from, underWay));
    daemon(direction + "-out", () -> send(underWay, to));
  }

  private void receive(Socket from, LinkedBlockingQueue<Chunk> underWay) {
    byte[] buffer = new byte[MAX_CHUNK];
    try {
      InputStream in = from.getInputStream();
      int n = 0;
      while (n >= 0) {
        n = read(in, buffer);
        // An empty chunk is the end of the connection.
        underWay.put(
            new Chunk(
                ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, n))),
                System.nanoTime() + delayNanos));
      }
    } catch (IOException e) {
      System.err.println("Cannot read from " + from + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Like {@code in.read}; a connection that was reset ends too. */
  private static int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  private static void send(LinkedBlockingQueue<Chunk> underWay, Socket to) {
    try (to;
        OutputStream out = to.getOutputStream()) {
      for (Chunk chunk = underWay.take(); chunk.bytes().hasRemaining(); chunk = underWay.take()) {
        long wait = chunk.due() - System.nanoTime();
        while (wait > 0) {
          LockSupport.parkNanos(wait);
          wait = chunk.due() - System.nanoTime();
        }
        out.write(chunk.bytes().array());
      }
    } catch (IOException e) {
      // The receiver is gone; the sender learns it when its own connection is closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
