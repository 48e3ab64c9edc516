package io.breakwater.wal.config;

import io.breakwater.wal.crypto.EnvelopeEncryption;
import io.breakwater.wal.crypto.KeyProvider;
import io.breakwater.wal.crypto.KeyProviders;
import io.breakwater.wal.log.LogEncryption;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** The encryption that {@code breakwater.wal.encryption.*} asks for. */
final class Encryption {

  static final String NONE = "none";

  private Encryption() {}

  static LogEncryption of(String workspace, WalConfig config, Configuration conf)
      throws IOException {
    String provider = config.get(WalKeys.ENCRYPTION_KEY_PROVIDER);
    KeyProvider keys =
        switch (provider) {
          case NONE -> null;
          case "key-file" -> KeyProviders.keyFile(path(config, WalKeys.ENCRYPTION_KEY_FILE));
          case "keystore" ->
              KeyProviders.keystore(
                  path(config, WalKeys.ENCRYPTION_KEYSTORE),
                  config.get(WalKeys.ENCRYPTION_KEYSTORE_TYPE),
                  required(config, WalKeys.ENCRYPTION_KEYSTORE_ALIAS),
                  path(config, WalKeys.ENCRYPTION_KEYSTORE_PASSWORD_FILE));
          case "aws-kms" ->
              KeyProviders.awsKms(
                  required(config, WalKeys.ENCRYPTION_KMS_KEY),
                  optional(config, WalKeys.ENCRYPTION_KMS_REGION),
                  config.get(WalKeys.ENCRYPTION_KMS_ENDPOINT).isEmpty()
                      ? null
                      : URI.create(config.get(WalKeys.ENCRYPTION_KMS_ENDPOINT)));
          default -> KeyProviders.ofClass(provider, conf);
        };
    return keys == null ? LogEncryption.NONE : new EnvelopeEncryption(workspace, keys);
  }

  private static Path path(WalConfig config, ConfigKey<String> key) {
    return Path.of(required(config, key));
  }

  private static String optional(WalConfig config, ConfigKey<String> key) {
    String value = config.get(key);
    return value.isEmpty() ? null : value;
  }

  private static String required(WalConfig config, ConfigKey<String> key) {
    String value = config.get(key);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use the configuration of the Breakwater WAL: Missing "
              + key.name()
              + ": must be "
              + key.bound()
              + ", because "
              + WalKeys.ENCRYPTION_KEY_PROVIDER.name()
              + " is "
              + config.get(WalKeys.ENCRYPTION_KEY_PROVIDER));
    }
    return value;
  }
}
