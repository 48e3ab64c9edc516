package io.breakwater.wal.restart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Abortable;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.master.RegionState;
import org.apache.hadoop.hbase.zookeeper.MetaTableLocator;
import org.apache.hadoop.hbase.zookeeper.ZKUtil;
import org.apache.hadoop.hbase.zookeeper.ZKWatcher;
import org.apache.hadoop.hbase.zookeeper.ZNodePaths;
import org.apache.zookeeper.KeeperException;

/**
 * What HBase's ZooKeeper knows: where hbase:meta is, which a new master takes over, and by which
 * name this cluster owns workspaces.
 */
final class ClusterZooKeeper {

  private ClusterZooKeeper() {}

  private interface Use<T> {
    T run(ZKWatcher zooKeeper) throws KeeperException;
  }

  @SuppressWarnings("RestrictedApi") // HBase itself migrates from this node, whoever wrote it.
  static Optional<ServerName> metaLocation(Configuration conf) throws IOException {
    return with(
        conf, zooKeeper -> Optional.ofNullable(MetaTableLocator.getMetaRegionLocation(zooKeeper)));
  }

  @SuppressWarnings("RestrictedApi") // As above.
  static void setMetaLocation(Configuration conf, ServerName server) throws IOException {
    with(
        conf,
        zooKeeper -> {
          ZKUtil.createWithParents(zooKeeper, zooKeeper.getZNodePaths().baseZNode);
          MetaTableLocator.setMetaLocation(zooKeeper, server, RegionState.State.OPEN);
          return true;
        });
  }

  /** Whether a master has registered itself. */
  static boolean masterIsThere(Configuration conf) throws IOException {
    return with(
        conf,
        zooKeeper ->
            ZKUtil.checkExists(zooKeeper, zooKeeper.getZNodePaths().masterAddressZNode) >= 0);
  }

  /**
   * The name of this cluster, made up by whoever asks first. It is as long-lived as ZooKeeper's
   * data: a cluster with a new ZooKeeper is another one, a change of the quorum's hosts is not.
   */
  static String clusterName(Configuration conf) throws IOException {
    return with(
        conf,
        zooKeeper -> {
          String base = zooKeeper.getZNodePaths().baseZNode;
          String node = ZNodePaths.joinZNode(base, "breakwater-cluster");
          String name = zooKeeper.getQuorum() + base + " (" + UUID.randomUUID() + ")";
          ZKUtil.createWithParents(zooKeeper, node, name.getBytes(StandardCharsets.UTF_8));
          try {
            return new String(ZKUtil.getData(zooKeeper, node), StandardCharsets.UTF_8);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeeperException.OperationTimeoutException();
          }
        });
  }

  private static <T> T with(Configuration conf, Use<T> use) throws IOException {
    String quorum = conf.get("hbase.zookeeper.quorum");
    try (ZKWatcher zooKeeper = new ZKWatcher(conf, "breakwater-restart", new Loud(), false)) {
      return use.run(zooKeeper);
    } catch (KeeperException e) {
      throw new IOException(
          "Cannot ask HBase's ZooKeeper " + quorum + " (hbase.zookeeper.quorum): " + e.getMessage(),
          e);
    }
  }

  private static final class Loud implements Abortable {
    private boolean aborted;

    @Override
    public void abort(String why, Throwable e) {
      aborted = true;
      throw new IllegalStateException(why, e);
    }

    @Override
    public boolean isAborted() {
      return aborted;
    }
  }
}
