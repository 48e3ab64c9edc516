package io.breakwater.wal.log;

import java.nio.ByteBuffer;

/**
 * Encrypts and decrypts the stored pieces of one log. What an engine stores as one piece is
 * encrypted and authenticated as one, bound to its log and to its place in it. Safe for use by many
 * threads.
 */
public interface LogCipher {

  /** Bytes that {@link #encrypt} adds to a piece. */
  int overhead();

  /**
   * Puts the encrypted form of the remaining bytes of {@code plain} into {@code target} and
   * consumes them.
   *
   * @param position where in the log the piece begins
   */
  void encrypt(long position, ByteBuffer plain, ByteBuffer target);

  /**
   * The bytes that {@link #encrypt} was given.
   *
   * @param position where in the log the piece begins
   * @throws LogCorruptException if the piece is not what was written at that place of that log
   */
  ByteBuffer decrypt(long position, ByteBuffer encrypted) throws LogCorruptException;
}
