package io.breakwater.wal.hbase;

import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Abortable;
import org.apache.hadoop.hbase.io.asyncfs.monitor.StreamSlowMonitor;
import org.apache.hadoop.hbase.regionserver.wal.AsyncFSWAL;
import org.apache.hadoop.hbase.regionserver.wal.WALActionsListener;
import org.apache.hadoop.hbase.wal.WALProvider;

/**
 * HBase's asynchronous WAL with our writer below it: sequence ids, batches, rolls, and what to do
 * after a failed sync stay HBase's; where the bytes go is ours.
 *
 * <p>HBase hands a batch to the writer as soon as its ring buffer is empty or {@code
 * hbase.wal.batch.size} is reached, and does not wait for the batches that are under way. How many
 * of them the storage is sent at a time, and how many of them together, is the business of the
 * log's appender.
 */
public final class BreakwaterWAL extends AsyncFSWAL {

  private final Workspace workspace;
  private final StreamSlowMonitor monitor;
  private final LogEvents events;

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
      StreamSlowMonitor monitor,
      LogEvents events)
      throws IOException {
    this(
        fs,
        fs.workspace(),
        abortable,
        rootDir,
        logDir,
        archiveDir,
        conf,
        listeners,
        prefix,
        suffix,
        monitor,
        events);
  }

  /** The same, with its logs in {@code workspace}, while {@code fs} shows their names. */
  BreakwaterWAL(
      FileSystem fs,
      Workspace workspace,
      Abortable abortable,
      Path rootDir,
      String logDir,
      String archiveDir,
      Configuration conf,
      List<WALActionsListener> listeners,
      String prefix,
      String suffix,
      StreamSlowMonitor monitor,
      LogEvents events)
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
    this.workspace = workspace;
    this.monitor = monitor;
    this.events = events;
  }

  @Override
  protected WALProvider.AsyncWriter createWriterInstance(Path path) throws IOException {
    if (fs instanceof BwalFileSystem bwal && bwal.writesToStock(path)) {
      return super.createWriterInstance(path);
    }
    return LogWriter.create(workspace, fs, path, conf, blocksize, monitor, events);
  }
}
