package io.breakwater.wal.log;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;

/**
 * Gives each log a data key of its own. An engine keeps the attributes of the key with the log's
 * metadata; they are not secret. Safe for use by many threads.
 */
public interface LogEncryption {

  /** Logs are stored as they are, and one that is encrypted is refused by name. */
  LogEncryption NONE =
      new LogEncryption() {
        @Override
        public LogKey newKey(UUID log) {
          return new LogKey(null, Map.of());
        }

        @Override
        public LogCipher cipher(UUID log, Map<String, String> attributes) throws IOException {
          if (isEncrypted(attributes)) {
            throw new IOException(
                "Cannot read log "
                    + log
                    + ": it is encrypted ("
                    + attributes
                    + ") and breakwater.wal.encryption.key-provider is none; set it as it was when"
                    + " the log was written");
          }
          return null;
        }
      };

  /** Prefix of the attributes that belong to the data key of a log. */
  String ATTRIBUTE_PREFIX = "encryption.";

  /**
   * A data key as it is used and as it is stored.
   *
   * @param cipher null if the log is not to be encrypted
   * @param attributes what to keep with the log, each name beginning with {@link #ATTRIBUTE_PREFIX}
   */
  record LogKey(LogCipher cipher, Map<String, String> attributes) {}

  /**
   * A key for a log that is about to be created.
   *
   * @throws IOException if the key provider cannot give one; then the log must not be created
   */
  LogKey newKey(UUID log) throws IOException;

  /**
   * The cipher of a log that has {@code attributes}; null if it is not encrypted.
   *
   * @throws IOException naming the key, if it cannot be had or is a wrong one
   */
  LogCipher cipher(UUID log, Map<String, String> attributes) throws IOException;

  /** Whether a log with these attributes is encrypted. */
  static boolean isEncrypted(Map<String, String> attributes) {
    return attributes.keySet().stream().anyMatch(name -> name.startsWith(ATTRIBUTE_PREFIX));
  }
}
