package io.breakwater.wal.cli;

import io.breakwater.wal.log.LogNotRecoveredException;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;

/** Reads a log from its beginning to its end, twice: every byte, and every entry of HBase. */
final class LogCheck {

  private static final byte[] WAL_MAGIC = "PWAL".getBytes(StandardCharsets.US_ASCII);

  private final Workspace workspace;
  private final FileSystem fs;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20);

  /** What became of a log. */
  enum Verdict {
    /** Every byte is there as it was written. */
    OK,
    /** Something that was written cannot be read. */
    DAMAGED,
    /** It was moved away from its writer, and has to be recovered before it can be read. */
    NOT_RECOVERED
  }

  /**
   * @param bytes those that were read and match their checksums
   * @param entries HBase's, that were parsed; 0 if the log is not one of HBase's
   * @param tailBytes at the end, of an entry that is not whole because its writer was killed
   * @param cause naming file and offset, null if all is well
   */
  record Result(Verdict verdict, long bytes, long entries, long tailBytes, String cause) {}

  LogCheck(Workspace workspace, FileSystem fs) {
    this.workspace = workspace;
    this.fs = fs;
  }

  Result check(PathStatus log, LongConsumer progress) {
    long[] position = {0};
    boolean wal;
    try {
      wal = readBytes(log, position, progress);
    } catch (LogNotRecoveredException e) {
      return new Result(Verdict.NOT_RECOVERED, 0, 0, 0, e.getMessage());
    } catch (IOException e) {
      return new Result(Verdict.DAMAGED, position[0], 0, 0, described(e));
    }
    return wal ? readEntries(log, position[0]) : new Result(Verdict.OK, position[0], 0, 0, null);
  }

  /** Whether it is a write-ahead log of HBase, or edits split off one. */
  private boolean readBytes(PathStatus log, long[] position, LongConsumer progress)
      throws IOException {
    boolean wal = AbstractFSWALProvider.validateWALFilename(new Path(log.path()).getName());
    try (LogReader reader = workspace.open(log.path())) {
      while (true) {
        buffer.clear();
        int read = reader.read(position[0], buffer);
        if (read < 0) {
          break;
        }
        if (position[0] == 0 && read >= WAL_MAGIC.length) {
          wal |= Arrays.equals(buffer.array(), 0, 4, WAL_MAGIC, 0, 4);
        }
        position[0] += read;
        progress.accept(read);
      }
    }
    if (log.sealed() && position[0] != log.length()) {
      throw new IOException(
          "Cannot read "
              + log.path()
              + ": it ends at offset "
              + position[0]
              + ", but was sealed with "
              + log.length()
              + " bytes");
    }
    return wal && position[0] > 0;
  }

  private Result readEntries(PathStatus log, long bytes) {
    long count = 0;
    long end = 0;
    Path path = new Path(fs.getUri() + log.path());
    try (WalEntries entries = WalEntries.open(fs, path, fs.getConf())) {
      end = entries.position();
      try {
        while (entries.next() != null) {
          count++;
          end = entries.position();
        }
        return new Result(Verdict.OK, bytes, count, 0, null);
      } catch (EOFException e) {
        // The bytes match their checksums: this is where the writer was killed, not damage.
        return new Result(Verdict.OK, bytes, count, bytes - end, null);
      }
    } catch (EOFException e) {
      // A header is written in one piece, so a sealed log has all of it, or is empty.
      return log.sealed()
          ? new Result(Verdict.DAMAGED, bytes, 0, 0, unparsed(log, 0, 0, e))
          : new Result(Verdict.OK, bytes, 0, bytes, null);
    } catch (IOException e) {
      return new Result(Verdict.DAMAGED, bytes, count, 0, unparsed(log, count, end, e));
    }
  }

  private String unparsed(PathStatus log, long entries, long offset, IOException e) {
    return String.format(
        "Cannot parse %s: what follows entry %d, at offset %d, is not HBase's: %s",
        fs.getUri() + log.path(), entries, offset, described(e));
  }

  private static String described(IOException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return root == e ? message : message + ": " + root;
  }
}
