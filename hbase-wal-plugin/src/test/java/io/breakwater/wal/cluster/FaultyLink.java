package io.breakwater.wal.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A TCP proxy that stands for the network between clients and one server, and for its faults. It
 * forwards until told otherwise; what it is told counts for the connections that there are and for
 * those to come. Thread-safe.
 */
public final class FaultyLink implements Closeable {

  private static final int CHUNK_BYTES = 64 << 10;

  /** Chunks on their way in one direction; as a real line, it takes no more than it can hold. */
  private static final int CHUNKS_UNDER_WAY = 256;

  private static final int CONNECT_MILLIS = 5_000;

  private final InetSocketAddress target;
  private final ServerSocket entrance;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = new Fault(Kind.NONE, 0);
  private volatile boolean closed;

  private enum Kind {
    NONE,
    CUT,
    SILENT,
    NO_REPLIES
  }

  private record Fault(Kind kind, long delayNanos) {}

  /** No bytes are the end of the stream. */
  private record Chunk(ByteBuffer bytes, long due) {}

  /** Takes connections at {@code entrance} from now on and forwards them to {@code target}. */
  public static FaultyLink between(InetSocketAddress entrance, InetSocketAddress target) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.bind(entrance);
      FaultyLink link = new FaultyLink(socket, target);
      daemon("link-" + entrance.getPort(), link::accept).start();
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on " + entrance, e);
    }
  }

  private FaultyLink(ServerSocket entrance, InetSocketAddress target) {
    this.entrance = entrance;
    this.target = target;
  }

  /** Forwards at once again. Connections that have lost bytes are reset, as TCP would. */
  public void mend() {
    fault = new Fault(Kind.NONE, 0);
    connections.stream().filter(connection -> connection.lostBytes).forEach(Connection::close);
  }

  /** Resets every connection, and each new one as soon as it is made. */
  public void cut() {
    fault = new Fault(Kind.CUT, 0);
    connections.forEach(Connection::close);
  }

  /**
   * Lets every byte arrive {@code eachWay} later, so that an answer takes twice as long; what is
   * sent meanwhile is under way at the same time.
   */
  public void delay(Duration eachWay) {
    fault = new Fault(Kind.NONE, eachWay.toNanos());
  }

  /** Takes connections and bytes, and lets nothing arrive in either direction. */
  public void silence() {
    fault = new Fault(Kind.SILENT, 0);
  }

  /** Requests arrive and are acted on; the answers get lost. */
  public void dropReplies() {
    fault = new Fault(Kind.NO_REPLIES, 0);
  }

  private void accept() {
    while (!closed) {
      Socket client;
      try {
        client = entrance.accept();
      } catch (IOException e) {
        if (closed) {
          return;
        }
        throw new UncheckedIOException("Cannot take connections on " + entrance, e);
      }
      daemon("link-connect-" + entrance.getLocalPort(), () -> connect(client)).start();
    }
  }

  private void connect(Socket client) {
    Connection connection = new Connection(client);
    connections.add(connection);
    if (closed || fault.kind() == Kind.CUT) {
      connection.close();
      return;
    }
    try {
      connection.server.connect(target, CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      connection.server.setTcpNoDelay(true);
    } catch (IOException unreachable) {
      // The client sees what it would without the proxy: no connection.
      connection.close();
      return;
    }
    connection.start();
  }

  @Override
  public void close() {
    closed = true;
    try {
      entrance.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + entrance, e);
    }
    connections.forEach(Connection::close);
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private final class Connection {

    private final Socket client;
    private final Socket server = new Socket();
    private final ExecutorService pumps =
        Executors.newFixedThreadPool(4, task -> daemon("link-" + entrance.getLocalPort(), task));
    private volatile boolean lostBytes;

    Connection(Socket client) {
      this.client = client;
    }

    /** The client may be gone already. */
    void start() {
      try {
        pump(client, server, false);
        pump(server, client, true);
      } catch (RejectedExecutionException closedMeanwhile) {
        close();
      }
    }

    private void pump(Socket from, Socket to, boolean replies) {
      BlockingQueue<Chunk> line = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);
      pumps.execute(() -> run(() -> read(from, line, replies)));
      pumps.execute(() -> run(() -> write(line, to)));
    }

    private void read(Socket from, BlockingQueue<Chunk> line, boolean replies)
        throws IOException, InterruptedException {
      while (true) {
        byte[] buffer = new byte[CHUNK_BYTES];
        int length = from.getInputStream().read(buffer);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, Math.max(0, length));
        Fault now = fault;
        boolean lost = now.kind() == Kind.SILENT || (now.kind() == Kind.NO_REPLIES && replies);
        if (lost) {
          lostBytes = true;
        } else {
          line.put(new Chunk(bytes, System.nanoTime() + now.delayNanos()));
        }
        if (length < 0) {
          return;
        }
      }
    }

    private void write(BlockingQueue<Chunk> line, Socket to)
        throws IOException, InterruptedException {
      OutputStream out = to.getOutputStream();
      while (true) {
        Chunk chunk = line.take();
        TimeUnit.NANOSECONDS.sleep(chunk.due() - System.nanoTime());
        if (!chunk.bytes().hasRemaining()) {
          to.shutdownOutput();
          return;
        }
        out.write(chunk.bytes().array(), 0, chunk.bytes().remaining());
      }
    }

    private void run(Pump pump) {
      try {
        pump.run();
      } catch (IOException broken) {
        // One side has reset the connection; the other is to see that, too.
        close();
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      }
    }

    void close() {
      connections.remove(this);
      pumps.shutdownNow();
      for (Socket socket : new Socket[] {client, server}) {
        try {
          // A reset instead of an orderly end.
          socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
          continue;
        }
        try {
          socket.close();
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot close a connection to " + target, e);
        }
      }
    }
  }

  private interface Pump {
    void run() throws IOException, InterruptedException;
  }
}
