package io.breakwater.wal.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogEncryption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvelopeEncryptionTest {

  private static final UUID LOG = UUID.randomUUID();

  @TempDir Path directory;
  private KeyProvider keys;
  private EnvelopeEncryption encryption;

  @BeforeEach
  void writeKey() throws IOException {
    Path file = directory.resolve("keys");
    Files.writeString(file, "k1=" + Base64.getEncoder().encodeToString(new byte[32]));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    keys = KeyProviders.keyFile(file);
    encryption = new EnvelopeEncryption("prod", keys);
  }

  @Test
  void attributesOfALog_areEnoughToReadIt() throws Exception {
    LogEncryption.LogKey key = encryption.newKey(LOG);
    ByteBuffer stored = ByteBuffer.allocate(4 + key.cipher().overhead());
    key.cipher().encrypt(9, ByteBuffer.wrap("text".getBytes(UTF_8)), stored);
    LogCipher reader = new EnvelopeEncryption("prod", keys).cipher(LOG, key.attributes());
    assertThat(reader.decrypt(9, stored.flip())).isEqualTo(ByteBuffer.wrap("text".getBytes(UTF_8)));
    assertThat(key.attributes())
        .containsEntry("encryption.algorithm", "AES-256-GCM")
        .containsEntry("encryption.master-key", "k1")
        .containsOnlyKeys("encryption.algorithm", "encryption.master-key", "encryption.data-key");
  }

  @Test
  void logWrittenBefore_isReadAsItIs() throws Exception {
    assertThat(encryption.cipher(LOG, Map.of())).isNull();
  }

  @Test
  void dataKeyOfAnotherLogOrWorkspace_isRefused() throws Exception {
    Map<String, String> attributes = encryption.newKey(LOG).attributes();
    assertThatThrownBy(() -> encryption.cipher(UUID.randomUUID(), attributes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not the one that wrapped it");
    assertThatThrownBy(() -> new EnvelopeEncryption("test", keys).cipher(LOG, attributes))
        .isInstanceOf(IOException.class);
  }

  @Test
  void unknownAlgorithm_missingOrDamagedKey_areRefused() throws Exception {
    Map<String, String> attributes = new HashMap<>(encryption.newKey(LOG).attributes());
    attributes.put("encryption.data-key", "!");
    assertThatThrownBy(() -> encryption.cipher(LOG, attributes))
        .hasMessageContaining("its data key is no Base64");
    attributes.put("encryption.algorithm", "ROT13");
    assertThatThrownBy(() -> encryption.cipher(LOG, attributes))
        .hasMessageContainingAll(LOG.toString(), "prod", "ROT13", "does not know");
    attributes.remove("encryption.algorithm");
    assertThatThrownBy(() -> encryption.cipher(LOG, attributes))
        .hasMessageContaining("does not know");
  }

  @Test
  void encryptedLog_withoutAProvider_isRefused_namingTheKey() throws Exception {
    Map<String, String> attributes = encryption.newKey(LOG).attributes();
    assertThatThrownBy(() -> LogEncryption.NONE.cipher(LOG, attributes))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("breakwater.wal.encryption.key-provider is none", "k1");
    assertThat(LogEncryption.NONE.cipher(LOG, Map.of())).isNull();
  }
}
