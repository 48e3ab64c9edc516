package io.breakwater.wal.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Through the real AWS SDK, against {@link KmsStandIn}. */
class KmsKeyProviderTest {

  private static final Map<String, String> CONTEXT = Map.of("breakwater-log", "x");

  private KmsStandIn kms;

  @BeforeEach
  void start() throws IOException {
    System.setProperty("aws.accessKeyId", "stand-in");
    System.setProperty("aws.secretAccessKey", "stand-in");
    kms = new KmsStandIn("alias/wal");
  }

  @AfterEach
  void stop() {
    kms.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private KeyProvider provider(String key) throws IOException {
    return KeyProviders.awsKms(key, "eu-central-1", kms.endpoint());
  }

  @Test
  void dataKey_isUnwrappedByKms() throws Exception {
    try (KeyProvider provider = provider("alias/wal")) {
      KeyProvider.DataKey key = provider.generate(CONTEXT);
      assertThat(key.plain()).hasSize(32);
      assertThat(provider.unwrap(key.masterKeyId(), key.wrapped(), CONTEXT)).isEqualTo(key.plain());
    }
  }

  @Test
  void unknownKey_isNamed_withTheRightThatIsNeeded() throws Exception {
    try (KeyProvider provider = provider("alias/other")) {
      assertThatThrownBy(() -> provider.generate(CONTEXT))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("KMS key alias/other", "does not exist", "kms:GenerateDataKey");
    }
  }

  @Test
  void otherContext_andDisabledKey_areRefused() throws Exception {
    try (KeyProvider provider = provider("alias/wal")) {
      KeyProvider.DataKey key = provider.generate(CONTEXT);
      assertThatThrownBy(
              () -> provider.unwrap("alias/wal", key.wrapped(), Map.of("breakwater-log", "y")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("not made by this key for this context");
      kms.disableKey();
      assertThatThrownBy(() -> provider.unwrap("alias/wal", key.wrapped(), CONTEXT))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("is disabled", "kms:Decrypt");
    }
  }
}
