package io.breakwater.wal;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.hbase.BreakwaterWAL;
import io.breakwater.wal.hbase.GroupLoads;
import io.breakwater.wal.hbase.HBaseLine;
import io.breakwater.wal.hbase.MoveGuard;
import io.breakwater.wal.metrics.WalMetrics;
import io.breakwater.wal.restart.RestartGuard;
import io.breakwater.wal.restart.WorkspaceClaim;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.master.region.MasterRegionFactory;
import org.apache.hadoop.hbase.regionserver.wal.AsyncFSWAL;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;

/**
 * Keeps HBase's write-ahead logs in a Breakwater workspace. Switched on by
 *
 * <pre>
 * hbase.wal.provider = io.breakwater.wal.BreakwaterWALProvider
 * hbase.wal.dir      = bwal://WORKSPACE/hbase
 * </pre>
 *
 * and usable as {@code hbase.wal.regiongrouping.delegate.provider} of {@code multiwal}. It writes
 * to the workspace directly; {@link BwalFileSystem} is the way in for all that reads, renames and
 * cleans WALs.
 */
public final class BreakwaterWALProvider extends AbstractFSWALProvider<AsyncFSWAL> {

  private Configuration walConf;

  /**
   * Checks the configuration, claims the workspace for the cluster, and checks for the master's
   * local store that a start loses nothing.
   *
   * @throws io.breakwater.wal.log.WorkspaceOwnedException if another cluster owns the workspace
   * @throws IOException if {@code hbase.wal.dir} is not in a Breakwater workspace, if the cluster
   *     moves and this server may not write there yet, or if {@link RestartGuard} says no
   */
  @Override
  protected void doInit(Configuration conf) throws IOException {
    HBaseLine.check(conf);
    MoveGuard.enter(
        fileSystem(conf), CommonFSUtils.getWALRootDir(conf), conf, factory.getFactoryId());
    boolean masterStore =
        CommonFSUtils.getWALRootDir(conf).getName().equals(MasterRegionFactory.MASTER_STORE_DIR);
    // The others are tools.
    if (masterStore || abortable != null) {
      Workspaces.report(WalMetrics.start(masterStore ? "Master" : "RegionServer"));
      WorkspaceClaim.make(fileSystem(conf).workspace(), conf);
    }
    RestartGuard.check(conf);
    if (providerId != null && !META_WAL_PROVIDER_ID.equals(providerId)) {
      addWALActionsListener(GroupLoads.counter(providerId));
    }
    walConf = new Configuration(conf);
    walConf.setBoolean(AsyncFSWAL.ASYNC_WAL_USE_SHARED_EVENT_LOOP, false);
  }

  @Override
  protected AsyncFSWAL createWAL() throws IOException {
    return new BreakwaterWAL(
        fileSystem(conf),
        abortable,
        CommonFSUtils.getWALRootDir(conf),
        getWALDirectoryName(factory.getFactoryId()),
        getWALArchiveDirectoryName(conf, factory.getFactoryId()),
        walConf,
        listeners,
        logPrefix,
        META_WAL_PROVIDER_ID.equals(providerId) ? META_WAL_PROVIDER_ID : null,
        factory.getExcludeDatanodeManager().getStreamSlowMonitor(providerId),
        Workspaces.events());
  }

  private static BwalFileSystem fileSystem(Configuration conf) throws IOException {
    FileSystem fs = CommonFSUtils.getWALFileSystem(conf);
    if (fs instanceof BwalFileSystem bwal) {
      return bwal;
    }
    throw new IOException(
        "Invalid "
            + CommonFSUtils.HBASE_WAL_DIR
            + ": "
            + CommonFSUtils.getWALRootDir(conf)
            + ", must be "
            + BwalFileSystem.SCHEME
            + "://<workspace>/<directory> for "
            + BreakwaterWALProvider.class.getName());
  }
}
