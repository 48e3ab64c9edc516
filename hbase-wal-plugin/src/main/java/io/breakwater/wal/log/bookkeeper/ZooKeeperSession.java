package io.breakwater.wal.log.bookkeeper;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the ZooKeeper of BookKeeper that outlives losses of the connection and the end of
 * its session. Safe for use by many threads.
 */
class ZooKeeperSession implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperSession.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final String servers;
  private final int sessionMillis;
  private final Duration timeout;
  private SessionListener onNewSession = fresh -> {};
  private ZooKeeper zooKeeper;
  private boolean closed;

  /** An operation on ZooKeeper that is whole or not at all. */
  interface Operation<T> {
    T run(ZooKeeper zooKeeper) throws KeeperException, InterruptedException, IOException;
  }

  /** Looks whether an operation, whose answer was lost, has happened. */
  interface Lookup<T> {
    /** The result of the operation; null if it has not happened. */
    T find(ZooKeeper zooKeeper) throws KeeperException, InterruptedException, IOException;
  }

  /**
   * @param timeout how long an operation may take with all its repetitions
   */
  ZooKeeperSession(String servers, Duration session, Duration timeout) {
    this.servers = servers;
    this.sessionMillis = (int) session.toMillis();
    this.timeout = timeout;
  }

  /** Sees each new session before anything else is done in it. */
  interface SessionListener {
    void begins(ZooKeeper fresh) throws KeeperException, InterruptedException;
  }

  /** Has {@code listener} called for each session from now on. */
  synchronized void onNewSession(SessionListener listener) {
    onNewSession = listener;
  }

  /** Reads, or writes what may be written twice: repeated while the connection is lost. */
  <T> T read(String what, Operation<T> operation) throws KeeperException, IOException {
    return write(what, operation, zooKeeper -> null);
  }

  /**
   * Writes. If the answer is lost, {@code lookup} tells whether it has happened before it is tried
   * again, and before an error is taken for that of another's write.
   */
  <T> T write(String what, Operation<T> operation, Lookup<T> lookup)
      throws KeeperException, IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean unknown = false;
    while (true) {
      try {
        ZooKeeper connected = connected(what, deadline);
        if (unknown) {
          T result = lookup.find(connected);
          if (result != null) {
            return result;
          }
        }
        unknown = true;
        return operation.run(connected);
      } catch (KeeperException.ConnectionLossException
          | KeeperException.SessionExpiredException
          | KeeperException.OperationTimeoutException e) {
        if (System.nanoTime() > deadline) {
          throw unreachable(what, e);
        }
        pause(what);
      } catch (InterruptedException e) {
        throw interrupted(what, e);
      }
    }
  }

  private ZooKeeper connected(String what, long deadline)
      throws KeeperException, IOException, InterruptedException {
    synchronized (this) {
      if (closed) {
        throw new IOException("Cannot " + what + ": this workspace is closed");
      }
      if (zooKeeper != null && zooKeeper.getState().isAlive()) {
        return zooKeeper;
      }
      CountDownLatch connected = new CountDownLatch(1);
      ZooKeeper fresh = connect(servers, sessionMillis, event -> watch(event, connected));
      long left = deadline - System.nanoTime();
      if (!connected.await(Math.max(1, left), TimeUnit.NANOSECONDS)) {
        fresh.close(0);
        throw unreachable(what, null);
      }
      if (zooKeeper != null) {
        LOG.warn("The session with ZooKeeper {} had ended; there is a new one", servers);
      }
      zooKeeper = fresh;
      onNewSession.begins(fresh);
      return fresh;
    }
  }

  ZooKeeper connect(String hosts, int timeoutMillis, Watcher watcher) throws IOException {
    return new ZooKeeper(hosts, timeoutMillis, watcher);
  }

  private static void watch(WatchedEvent event, CountDownLatch connected) {
    if (event.getState() == KeeperState.SyncConnected) {
      connected.countDown();
    }
  }

  private IOException unreachable(String what, KeeperException cause) {
    return new IOException(
        "Cannot "
            + what
            + ": no answer from ZooKeeper "
            + servers
            + " within "
            + timeout.toSeconds()
            + " s; check breakwater.wal.bookkeeper.zookeeper, and that it runs",
        cause);
  }

  private static void pause(String what) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  static InterruptedIOException interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException e = new InterruptedIOException("Cannot " + what + ": interrupted");
    e.initCause(cause);
    return e;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (zooKeeper != null) {
      try {
        zooKeeper.close();
      } catch (InterruptedException e) {
        throw interrupted("close the connection to ZooKeeper", e);
      }
    }
  }
}
