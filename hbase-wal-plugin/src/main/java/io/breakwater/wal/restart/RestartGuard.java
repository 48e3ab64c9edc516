package io.breakwater.wal.restart;

import io.breakwater.wal.fs.BwalFileSystem;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.master.region.MasterRegionFactory;
import org.apache.hadoop.hbase.util.CommonFSUtils;

/**
 * Keeps a master from starting where HBase 2.6 would lose data without a word. One case is that the
 * workspace was wiped, see {@link WorkspaceMark}. In the other the master's local store is gone,
 * hbase:meta has a WAL, and nothing says where hbase:meta was: HBase then makes a new, empty
 * hbase:meta and forgets every region (HBASE-24286 and HBASE-24833 tell of its kin).
 */
public final class RestartGuard {

  private RestartGuard() {}

  /**
   * Checks what a master finds when it opens its local store; {@code conf} is that of the store, so
   * its directories are below the cluster's.
   *
   * @throws IOException naming the remedy, if starting would lose data
   */
  public static void check(Configuration conf) throws IOException {
    Path walRoot = CommonFSUtils.getWALRootDir(conf);
    if (!walRoot.getName().equals(MasterRegionFactory.MASTER_STORE_DIR)) {
      return;
    }
    FileSystem walFiles = CommonFSUtils.getWALFileSystem(conf);
    FileSystem files = CommonFSUtils.getRootDirFileSystem(conf);
    Path root = CommonFSUtils.getRootDir(conf).getParent();
    if (walFiles instanceof BwalFileSystem bwal) {
      new WorkspaceMark(files, root).check(bwal.workspace());
    }
    Remains remains = new Remains(files, root, walFiles, walRoot.getParent());
    Optional<Path> meta = remains.newestMetaWal();
    if (remains.hasMasterStore() || meta.isEmpty()) {
      return;
    }
    if (ClusterZooKeeper.metaLocation(conf).isEmpty()) {
      throw new IOException(
          "Cannot start HBase: its master's local store ("
              + MasterRegionFactory.MASTER_STORE_DIR
              + " in hbase.rootdir) is gone, and "
              + meta.get()
              + " holds edits of hbase:meta that HBase would forget, and with them every region."
              + " Run `breakwater-wal prepare-restart` and start again");
    }
  }
}
