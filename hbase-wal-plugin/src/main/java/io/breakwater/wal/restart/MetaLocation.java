package io.breakwater.wal.restart;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Abortable;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.master.RegionState;
import org.apache.hadoop.hbase.zookeeper.MetaTableLocator;
import org.apache.hadoop.hbase.zookeeper.ZKUtil;
import org.apache.hadoop.hbase.zookeeper.ZKWatcher;
import org.apache.zookeeper.KeeperException;

/** Where HBase's ZooKeeper says that hbase:meta is, which a new master takes over. */
final class MetaLocation {

  private MetaLocation() {}

  private interface Use<T> {
    T run(ZKWatcher zooKeeper) throws KeeperException;
  }

  @SuppressWarnings("RestrictedApi") // HBase itself migrates from this node, whoever wrote it.
  static Optional<ServerName> read(Configuration conf) throws IOException {
    return with(
        conf, zooKeeper -> Optional.ofNullable(MetaTableLocator.getMetaRegionLocation(zooKeeper)));
  }

  @SuppressWarnings("RestrictedApi") // As above.
  static void write(Configuration conf, ServerName server) throws IOException {
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
