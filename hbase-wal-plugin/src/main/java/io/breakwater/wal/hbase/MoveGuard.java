package io.breakwater.wal.hbase;

import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.fs.BwalFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Refuses to write to the workspace while a server that does not read it may have to recover what
 * is written.
 *
 * <p>Every server that reads both places says so with a directory of its name in the workspace. A
 * server with logs in the other place only, and without such a directory, has not been restarted
 * with the plugin.
 */
public final class MoveGuard {

  private static final String READERS = ".move";

  private MoveGuard() {}

  /**
   * Makes known that {@code server} reads both places, or, when no move is configured, forgets who
   * did.
   *
   * @throws IOException if {@code server} is to write to the workspace too early
   */
  public static void enter(BwalFileSystem fs, Path walRoot, Configuration conf, String server)
      throws IOException {
    // The master's store has a directory of its own below the one of the cluster.
    Path root = walRoot.getName().equals("MasterData") ? walRoot.getParent() : walRoot;
    Path readers = new Path(root, READERS);
    if (conf.getTrimmed(WalKeys.MOVE_STOCK_WAL_DIR.name(), "").isEmpty()) {
      fs.delete(readers, true);
      return;
    }
    fs.mkdirs(new Path(readers, server));
    if (conf.getTrimmed(WalKeys.MOVE_WRITE_TO.name(), "").equals(WalKeys.STOCK)) {
      return;
    }
    List<String> unaware = new ArrayList<>();
    for (String name : fs.stockServers()) {
      if (!fs.exists(new Path(readers, name))) {
        unaware.add(name);
      }
    }
    if (!unaware.isEmpty()) {
      throw new IOException(
          "Cannot write WALs to "
              + fs.getUri()
              + ": "
              + unaware
              + " do not read it yet; restart them with "
              + WalKeys.MOVE_WRITE_TO.name()
              + "="
              + WalKeys.STOCK
              + " first, or, if they are dead, wait for the master to recover them");
    }
  }
}
