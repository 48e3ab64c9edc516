package io.breakwater.wal.hbase;

import java.io.IOException;
import org.apache.hadoop.hbase.regionserver.wal.ProtobufLogReader;
import org.apache.hadoop.hbase.wal.WAL;

/**
 * HBase 2.5's own reader takes every failure within the cells of an entry, damage and storage that
 * does not answer included, for the regular end of the log, and a split would go on without the
 * rest. This one believes in the end of a log only after the bytes up to its length could be read:
 * if they cannot, that is an error, and if they can, the entry is tried once more.
 */
public final class CheckedLogReader extends ProtobufLogReader {

  private static final int PROBE_BYTES = 64 << 10;

  @Override
  protected boolean readNext(WAL.Entry entry) throws IOException {
    long start = inputStream.getPos();
    if (super.readNext(entry)) {
      return true;
    }
    if (!remainderIsReadable(start)) {
      return false;
    }
    seekOnFs(start);
    entry.getEdit().getCells().clear();
    return super.readNext(entry);
  }

  /**
   * Whether there are bytes after {@code start}, all of which could be read.
   *
   * @throws IOException if some could not
   */
  private boolean remainderIsReadable(long start) throws IOException {
    byte[] probe = new byte[PROBE_BYTES];
    long position = start;
    while (position < fileLength) {
      int length = (int) Math.min(probe.length, fileLength - position);
      int read = inputStream.read(position, probe, 0, length);
      if (read < 0) {
        throw new IOException(
            "Cannot read "
                + path
                + ": its storage has "
                + position
                + " bytes, must have "
                + fileLength
                + "; try again");
      }
      position += read;
    }
    return position > start;
  }
}
