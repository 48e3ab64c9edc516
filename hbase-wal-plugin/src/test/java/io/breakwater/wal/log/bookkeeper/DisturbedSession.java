package io.breakwater.wal.log.bookkeeper;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * A session whose writes can be delayed until something else has happened, or lose their answer.
 */
final class DisturbedSession extends ZooKeeperSession {

  interface Step {
    void run() throws IOException;
  }

  private Step beforeNextWrite;
  private boolean answerLost;
  private volatile ZooKeeper last;

  DisturbedSession(String servers) {
    super(servers, Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  /** Runs {@code step} after the next write was made up and before it is sent. */
  void beforeNextWrite(Step step) {
    beforeNextWrite = step;
  }

  /** The next write is carried out, and then the connection seems to be lost. */
  void loseNextAnswer() {
    answerLost = true;
  }

  long sessionId() {
    return last.getSessionId();
  }

  @Override
  @SuppressWarnings("try") // ZooKeeper's close() may be interrupted; nothing here closes it.
  ZooKeeper connect(String hosts, int timeoutMillis, Watcher watcher) throws IOException {
    last =
        new ZooKeeper(hosts, timeoutMillis, watcher) {
          @Override
          public List<OpResult> multi(Iterable<Op> ops)
              throws InterruptedException, KeeperException {
            before();
            List<OpResult> results = super.multi(ops);
            after();
            return results;
          }

          @Override
          public Stat setData(String path, byte[] data, int version)
              throws KeeperException, InterruptedException {
            before();
            Stat stat = super.setData(path, data, version);
            after();
            return stat;
          }
        };
    return last;
  }

  private void before() {
    Step step = beforeNextWrite;
    beforeNextWrite = null;
    if (step != null) {
      try {
        step.run();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void after() throws KeeperException {
    if (answerLost) {
      answerLost = false;
      throw new KeeperException.ConnectionLossException();
    }
  }
}
