package io.breakwater.wal.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The one writer of a log.
 *
 * <p>Appends are written and acknowledged in the order of the calls; those that wait while the
 * storage is busy are made durable together (group commit). After the first failure no later append
 * is acknowledged: the writer has to go on in another log, as HBase does by rolling.
 *
 * <p>Safe for use by many threads.
 */
public interface LogAppender extends Closeable {

  /**
   * Appends the remaining bytes of {@code data}, which must be left alone until the future
   * completes. Blocks only while more than the engine's bound of bytes is pending.
   *
   * @return completes with the length of the log up to and with these bytes once they are durable,
   *     or exceptionally with {@link LogFencedException} or another {@link IOException}; then
   *     whether they are in the log is not known. Completed on a thread of the engine: dependents
   *     must not block
   */
  CompletableFuture<Long> append(ByteBuffer data);

  /** Bytes acknowledged so far. */
  long acknowledgedLength();

  /**
   * Waits for what was appended, then seals the log. A log whose appends have failed is recovered
   * instead (see {@link Workspace#recover}).
   *
   * @throws LogFencedException if somebody else has fenced the log and appends were pending
   */
  @Override
  void close() throws IOException;
}
