package io.breakwater.wal.hbase;

import io.breakwater.wal.fs.BwalFileSystem;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Abortable;
import org.apache.hadoop.hbase.io.asyncfs.monitor.StreamSlowMonitor;
import org.apache.hadoop.hbase.regionserver.wal.AsyncFSWAL;
import org.apache.hadoop.hbase.regionserver.wal.WALActionsListener;
import org.apache.hadoop.hbase.wal.WALProvider;

/**
 * HBase's asynchronous WAL with our writer below it: sequence ids, batches, rolls, and what to do
 * after a failed sync stay HBase's; where the bytes go is ours.
 */
public final class BreakwaterWAL extends AsyncFSWAL {

  private final BwalFileSystem bwal;
  private final StreamSlowMonitor monitor;

  /**
   * Prepares a WAL whose files begin with {@code prefix} in {@code logDir} below {@code rootDir};
   * no log is made before {@code init()}.
   */
  public BreakwaterWAL(
      BwalFileSystem fs,
      Abortable abortable,
      Path rootDir,
      String logDir,
      String archiveDir,
      Configuration conf,
      List<WALActionsListener> listeners,
      String prefix,
      String suffix,
      StreamSlowMonitor monitor)
      throws IOException {
    // The event loop serves HDFS connections, of which there are none.
    super(
        fs,
        abortable,
        rootDir,
        logDir,
        archiveDir,
        conf,
        listeners,
        true,
        prefix,
        suffix,
        null,
        null,
        monitor);
    this.bwal = fs;
    this.monitor = monitor;
  }

  @Override
  protected WALProvider.AsyncWriter createWriterInstance(Path path) throws IOException {
    return LogWriter.create(bwal, path, conf, blocksize, monitor);
  }
}
