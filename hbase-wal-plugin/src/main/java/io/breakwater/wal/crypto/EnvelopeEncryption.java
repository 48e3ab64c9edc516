package io.breakwater.wal.crypto;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogEncryption;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/**
 * Encrypts each log with a data key of its own, wrapped by a {@link KeyProvider} and bound to
 * workspace and log. Kept with the log:
 *
 * <pre>
 * encryption.algorithm   AES-256-GCM
 * encryption.master-key  the id of the master key
 * encryption.data-key    the wrapped data key, Base64
 * </pre>
 *
 * A log that was written before encryption was switched on stays readable.
 */
public final class EnvelopeEncryption implements LogEncryption, Closeable {

  private static final String ALGORITHM = ATTRIBUTE_PREFIX + "algorithm";
  private static final String MASTER_KEY = ATTRIBUTE_PREFIX + "master-key";
  private static final String DATA_KEY = ATTRIBUTE_PREFIX + "data-key";
  private static final String AES_256_GCM = "AES-256-GCM";

  private final String workspace;
  private final KeyProvider provider;
  private final SecureRandom random = new SecureRandom();

  /** Encrypts the logs of {@code workspace} with data keys of {@code provider}. */
  public EnvelopeEncryption(String workspace, KeyProvider provider) {
    this.workspace = workspace;
    this.provider = provider;
  }

  @Override
  public LogKey newKey(UUID log) throws IOException {
    KeyProvider.DataKey key = provider.generate(context(log));
    LogCipher cipher = cipher(log, key.plain());
    return new LogKey(
        cipher,
        Map.of(
            ALGORITHM,
            AES_256_GCM,
            MASTER_KEY,
            key.masterKeyId(),
            DATA_KEY,
            Base64.getEncoder().encodeToString(key.wrapped())));
  }

  @Override
  public LogCipher cipher(UUID log, Map<String, String> attributes) throws IOException {
    if (!LogEncryption.isEncrypted(attributes)) {
      return null;
    }
    if (!AES_256_GCM.equals(attributes.get(ALGORITHM))
        || !attributes.containsKey(MASTER_KEY)
        || !attributes.containsKey(DATA_KEY)) {
      throw new IOException(
          "Cannot read log "
              + log
              + " of workspace "
              + workspace
              + ": its encryption is "
              + attributes
              + ", which this version does not know");
    }
    byte[] wrapped;
    try {
      wrapped = Base64.getDecoder().decode(attributes.get(DATA_KEY));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "Cannot read log " + log + " of workspace " + workspace + ": its data key is no Base64",
          e);
    }
    return cipher(log, provider.unwrap(attributes.get(MASTER_KEY), wrapped, context(log)));
  }

  private LogCipher cipher(UUID log, byte[] key) throws IOException {
    if (key.length != KeyProvider.DATA_KEY_BYTES) {
      throw new IOException(
          "Cannot use the data key of log "
              + log
              + ": it has "
              + key.length
              + " bytes, must have "
              + KeyProvider.DATA_KEY_BYTES);
    }
    LogCipher cipher = new GcmCipher(log, key, random);
    Arrays.fill(key, (byte) 0);
    return cipher;
  }

  private Map<String, String> context(UUID log) {
    return Map.of("breakwater-workspace", workspace, "breakwater-log", log.toString());
  }

  @Override
  public void close() throws IOException {
    provider.close();
  }
}
