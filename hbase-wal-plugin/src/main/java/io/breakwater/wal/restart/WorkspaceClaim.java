package io.breakwater.wal.restart;

import io.breakwater.wal.config.WalConfig;
import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes this server's cluster the owner of its workspace, before it writes. */
public final class WorkspaceClaim {

  private static final Logger LOG = LoggerFactory.getLogger(WorkspaceClaim.class);

  private WorkspaceClaim() {}

  /**
   * Claims the workspace. If another cluster has it, this waits a while: the processes of one that
   * was just lost are seen for as long as their sessions last.
   *
   * @throws WorkspaceOwnedException if the other cluster is alive
   */
  public static void make(Workspace workspace, Configuration conf) throws IOException {
    WalConfig config = WalConfig.of(conf);
    String configured = config.get(WalKeys.OWNER);
    String name = configured.isEmpty() ? ClusterZooKeeper.clusterName(conf) : configured;
    long deadline = System.nanoTime() + config.get(WalKeys.OWNER_WAIT).toNanos();
    boolean told = false;
    while (true) {
      try {
        long epoch = workspace.own(name, config.get(WalKeys.TAKEOVER));
        LOG.info("Workspace {} belongs to {}, epoch {}", workspace.name(), name, epoch);
        return;
      } catch (WorkspaceOwnedException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        if (!told) {
          LOG.warn(
              "{}. Waiting for them to vanish, up to {} s ({})",
              e.getMessage(),
              config.get(WalKeys.OWNER_WAIT).toSeconds(),
              WalKeys.OWNER_WAIT.name());
          told = true;
        }
        pause(workspace);
      }
    }
  }

  static void pause(Workspace workspace) throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("Cannot own workspace " + workspace.name() + ": interrupted")
              .initCause(e);
    }
  }
}
