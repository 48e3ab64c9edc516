package io.breakwater.wal.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeystoreTest {

  private static final Map<String, String> CONTEXT = Map.of("breakwater-log", "x");

  @TempDir Path directory;
  private Path password;

  @BeforeEach
  void writePassword() throws IOException {
    password = Files.writeString(directory.resolve("password"), "secret\n");
  }

  private Path keystore(String type) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    KeyStore.ProtectionParameter protection =
        new KeyStore.PasswordProtection("secret".toCharArray());
    for (String alias : new String[] {"one", "two"}) {
      byte[] key = new byte[32];
      key[0] = (byte) alias.charAt(0);
      store.setEntry(alias, new KeyStore.SecretKeyEntry(new SecretKeySpec(key, "AES")), protection);
    }
    store.setEntry(
        "short", new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")), protection);
    Path file = directory.resolve("store");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "secret".toCharArray());
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"JCEKS", "PKCS12"})
  void dataKey_isUnwrappedByTheAliasThatWrappedIt(String type) throws Exception {
    Path store = keystore(type);
    KeyProvider.DataKey key = KeyProviders.keystore(store, type, "one", password).generate(CONTEXT);
    assertThat(key.masterKeyId()).isEqualTo("one");
    assertThat(
            KeyProviders.keystore(store, type, "two", password)
                .unwrap("one", key.wrapped(), CONTEXT))
        .isEqualTo(key.plain());
  }

  @ParameterizedTest
  @ValueSource(strings = {"JCEKS", "PKCS12"})
  void wrongPassword_missingAlias_andShortKey_areNamed(String type) throws Exception {
    Path store = keystore(type);
    assertThatThrownBy(
            () -> KeyProviders.keystore(store, type, "three", password).generate(CONTEXT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot use master key three: it is not in keystore " + store);
    assertThatThrownBy(
            () -> KeyProviders.keystore(store, type, "short", password).generate(CONTEXT))
        .hasMessageContaining("must be a secret AES key of 256 bits");
    Files.writeString(password, "wrong");
    assertThatThrownBy(() -> KeyProviders.keystore(store, type, "one", password).generate(CONTEXT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "Cannot open keystore " + store + " with the password in " + password);
  }
}
