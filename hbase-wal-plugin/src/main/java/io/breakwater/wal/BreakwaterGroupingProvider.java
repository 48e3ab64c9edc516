package io.breakwater.wal;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Abortable;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.master.region.MasterRegionFactory;
import org.apache.hadoop.hbase.regionserver.wal.WALActionsListener;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.RegionGroupingProvider;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALProvider;

/**
 * Keeps HBase's write-ahead logs in a Breakwater workspace, the regions of a server in groups with
 * one log each. Switched on by
 *
 * <pre>
 * hbase.wal.provider = io.breakwater.wal.BreakwaterGroupingProvider
 * hbase.wal.dir      = bwal://WORKSPACE/hbase
 * </pre>
 *
 * It is HBase's {@code multiwal} over {@link BreakwaterWALProvider}, so {@code
 * hbase.wal.regiongrouping.numgroups} (2) and {@code hbase.wal.regiongrouping.strategy} count. The
 * master's local store has one log of its own, and hbase:meta as always another.
 */
public final class BreakwaterGroupingProvider extends RegionGroupingProvider {

  /** Instead of the groups, for the master's local store. */
  private WALProvider single;

  @Override
  public void init(WALFactory factory, Configuration conf, String providerId, Abortable abortable)
      throws IOException {
    if (CommonFSUtils.getWALRootDir(conf).getName().equals(MasterRegionFactory.MASTER_STORE_DIR)) {
      single = new BreakwaterWALProvider();
      single.init(factory, conf, providerId, abortable);
      return;
    }
    // The factory looks for the delegate in this very configuration.
    conf.setIfUnset(DELEGATE_PROVIDER, BreakwaterWALProvider.class.getName());
    super.init(factory, conf, providerId, abortable);
  }

  @Override
  public WAL getWAL(RegionInfo region) throws IOException {
    return single == null ? super.getWAL(region) : single.getWAL(region);
  }

  @Override
  public List<WAL> getWALs() {
    return single == null ? super.getWALs() : single.getWALs();
  }

  @Override
  public void shutdown() throws IOException {
    if (single == null) {
      super.shutdown();
    } else {
      single.shutdown();
    }
  }

  @Override
  public void close() throws IOException {
    if (single == null) {
      super.close();
    } else {
      single.close();
    }
  }

  @Override
  public long getNumLogFiles() {
    return single == null ? super.getNumLogFiles() : single.getNumLogFiles();
  }

  @Override
  public long getLogFileSize() {
    return single == null ? super.getLogFileSize() : single.getLogFileSize();
  }

  @Override
  public void addWALActionsListener(WALActionsListener listener) {
    if (single == null) {
      super.addWALActionsListener(listener);
    } else {
      single.addWALActionsListener(listener);
    }
  }
}
