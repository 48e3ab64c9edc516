package io.breakwater.wal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.crypto.EnvelopeEncryption;
import io.breakwater.wal.crypto.KeyProvider;
import io.breakwater.wal.log.LogEncryption;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionTest {

  private static final String PROVIDER = "breakwater.wal.encryption.key-provider";

  private final Configuration conf = new Configuration(false);

  EncryptionTest() {
    conf.set("breakwater.wal.embedded.dir", "/mnt/breakwater");
  }

  private LogEncryption encryption() throws IOException {
    return Encryption.of("prod", WalConfig.of(conf), conf);
  }

  @Test
  void none_isTheDefault() throws Exception {
    assertThat(encryption()).isSameAs(LogEncryption.NONE);
  }

  @Test
  void keyFile_keystore_andKms_areChosenByName() throws Exception {
    conf.set(PROVIDER, "key-file");
    conf.set("breakwater.wal.encryption.key-file.path", "/etc/breakwater/keys");
    assertThat(encryption()).isInstanceOf(EnvelopeEncryption.class);
    conf.set(PROVIDER, "keystore");
    conf.set("breakwater.wal.encryption.keystore.path", "/etc/breakwater/keys.jceks");
    conf.set("breakwater.wal.encryption.keystore.alias", "wal");
    conf.set("breakwater.wal.encryption.keystore.password-file", "/etc/breakwater/password");
    assertThat(encryption()).isInstanceOf(EnvelopeEncryption.class);
    conf.set(PROVIDER, "aws-kms");
    conf.set("breakwater.wal.encryption.aws-kms.key", "alias/wal");
    conf.set("breakwater.wal.encryption.aws-kms.region", "eu-central-1");
    assertThat(encryption()).isInstanceOf(EnvelopeEncryption.class);
  }

  @ParameterizedTest
  @CsvSource({
    "key-file, breakwater.wal.encryption.key-file.path",
    "keystore, breakwater.wal.encryption.keystore.path",
    "aws-kms, breakwater.wal.encryption.aws-kms.key"
  })
  void whatAProviderNeeds_isNamed(String provider, String key) {
    conf.set(PROVIDER, provider);
    assertThatThrownBy(this::encryption)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("Missing " + key, "because " + PROVIDER + " is " + provider);
  }

  @ParameterizedTest
  @ValueSource(strings = {"keyfile", "kms", "None"})
  void unknownProvider_isRefused(String name) {
    conf.set(PROVIDER, name);
    assertThatThrownBy(this::encryption)
        .hasMessageContaining(
            "Invalid " + PROVIDER + ": " + name + ", must be none, key-file, keystore, aws-kms");
  }

  @ParameterizedTest
  @CsvSource({
    "breakwater.wal.encryption.key-file.path, keys",
    "breakwater.wal.encryption.keystore.type, JKS",
    "breakwater.wal.encryption.aws-kms.endpoint, kms.local"
  })
  void valueOutOfItsBounds_isRefused(String key, String value) {
    conf.set(key, value);
    assertThatThrownBy(this::encryption).hasMessageContaining("Invalid " + key + ": " + value);
  }

  @Test
  void providerOfSomebodyElse_isMadeFromItsClass() throws Exception {
    conf.set(PROVIDER, OwnProvider.class.getName());
    conf.set("own.key", "7");
    assertThat(encryption().newKey(new UUID(1, 2)).attributes())
        .containsEntry("encryption.master-key", "own 7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"java.lang.String", "org.example.Missing"})
  void classThatIsNoProvider_isRefused(String name) {
    conf.set(PROVIDER, name);
    assertThatThrownBy(this::encryption)
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("Cannot use key provider " + name, "must be a public class");
  }

  @Test
  void embeddedEngine_refusesEncryption_ratherThanLeavingItOut() {
    conf.set(PROVIDER, OwnProvider.class.getName());
    assertThatThrownBy(() -> Workspaces.open("encryption-test", conf))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be none with the engine embedded");
  }

  /** A provider that tells its configuration. */
  public static final class OwnProvider implements KeyProvider {

    private final String id;

    public OwnProvider(Configuration conf) {
      id = "own " + conf.get("own.key");
    }

    @Override
    public DataKey generate(Map<String, String> context) {
      return new DataKey(new byte[DATA_KEY_BYTES], id, new byte[1]);
    }

    @Override
    public byte[] unwrap(String masterKeyId, byte[] wrapped, Map<String, String> context) {
      return new byte[DATA_KEY_BYTES];
    }
  }
}
