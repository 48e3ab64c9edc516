package io.breakwater.wal.cli;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Copies sealed logs. A copy has another name until it was read back and compared, so that a log
 * under its own name is whole, and an interrupted copy is begun again.
 */
final class LogCopy {

  /** Of the name of a copy that is not finished. */
  static final String UNFINISHED = ".breakwater-copying";

  private static final int PIECE = 1 << 20;

  private final Workspace source;
  private final Workspace target;

  LogCopy(Workspace source, Workspace target) {
    this.source = source;
    this.target = target;
  }

  /**
   * Whether {@code log} is at {@code path} already.
   *
   * @throws IOException if something else is
   */
  boolean done(PathStatus log, String path) throws IOException {
    Optional<PathStatus> there = target.status(path);
    if (there.isEmpty()) {
      return false;
    }
    if (there.get().directory() || !there.get().sealed() || there.get().length() != log.length()) {
      throw new IOException(
          "Cannot copy "
              + log.path()
              + " to "
              + path
              + " of workspace "
              + target.name()
              + ": another log or directory stands there; delete it or choose another target");
    }
    return true;
  }

  /**
   * Copies {@code log} and reads the copy back.
   *
   * @return the CRC-32C of its bytes
   * @throws IOException if it could not be copied, or the copy is not the same
   */
  int copy(PathStatus log, String path, LongConsumer progress) throws IOException {
    String draft = path + UNFINISHED;
    if (target.status(draft).isPresent()) {
      target.delete(draft);
    }
    CRC32C written = new CRC32C();
    long length;
    try (LogReader reader = source.open(log.path());
        LogAppender appender = target.create(draft)) {
      length = append(reader, appender, written, progress);
    }
    requireSame(log, draft, "the bytes read", length, log.length());
    CRC32C found = new CRC32C();
    PathStatus copy = target.status(draft).orElseThrow();
    try (LogReader reader = target.open(draft)) {
      requireSame(log, draft, "the bytes of the copy", copy.length(), length);
      requireSame(log, draft, "the bytes read back", readBack(reader, found), length);
    }
    requireSame(log, draft, "the CRC-32C of the copy", found.getValue(), written.getValue());
    target.setModificationTime(draft, log.modificationTime());
    target.rename(draft, path);
    return (int) written.getValue();
  }

  private static long append(
      LogReader reader, LogAppender appender, CRC32C checksum, LongConsumer progress)
      throws IOException {
    long position = 0;
    while (true) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      if (reader.read(position, piece) < 0) {
        return position;
      }
      piece.flip();
      int length = piece.remaining();
      checksum.update(piece.duplicate());
      try {
        appender.append(piece).get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Cannot go on copying: interrupted; run it again", e);
      }
      position += length;
      progress.accept(length);
    }
  }

  private static long readBack(LogReader reader, CRC32C checksum) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    long position = 0;
    while (reader.read(position, piece.clear()) >= 0) {
      piece.flip();
      position += piece.remaining();
      checksum.update(piece);
    }
    return position;
  }

  private static void requireSame(PathStatus log, String draft, String what, long is, long was)
      throws IOException {
    if (is != was) {
      throw new IOException(
          String.format(
              "Cannot copy %s to %s: %s are %d, must be %d", log.path(), draft, what, is, was));
    }
  }
}
