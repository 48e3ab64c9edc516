package io.breakwater.wal.crypto;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/**
 * Makes data keys and wraps them with a master key. Implementations other than those of this
 * package are chosen by class name in {@code breakwater.wal.encryption.key-provider}; they have a
 * public constructor that takes an {@link org.apache.hadoop.conf.Configuration}.
 *
 * <p>Safe for use by many threads.
 */
public interface KeyProvider extends Closeable {

  /** Length of a data key: AES-256. */
  int DATA_KEY_BYTES = 32;

  /**
   * A new data key.
   *
   * @param plain the key itself, {@link #DATA_KEY_BYTES} bytes
   * @param masterKeyId names the master key, for {@link #unwrap} and for people
   * @param wrapped the key as it may be stored
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record DataKey(byte[] plain, String masterKeyId, byte[] wrapped) {}

  /**
   * Makes a data key.
   *
   * @param context bound to the wrapped key, as authenticated data: it can be unwrapped only with
   *     the same
   * @throws IOException naming the master key and how to mend it, if none can be made
   */
  DataKey generate(Map<String, String> context) throws IOException;

  /**
   * The plain form of a wrapped data key.
   *
   * @throws IOException naming the master key, if it is missing, or not the one that wrapped the
   *     data key
   */
  byte[] unwrap(String masterKeyId, byte[] wrapped, Map<String, String> context) throws IOException;

  @Override
  default void close() throws IOException {}
}
