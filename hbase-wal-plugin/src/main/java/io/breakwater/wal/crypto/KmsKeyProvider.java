package io.breakwater.wal.crypto;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/**
 * Data keys of AWS KMS (GenerateDataKey, Decrypt), with the workspace and the log as encryption
 * context. The AWS SDK for Java 2 is the host's, and credentials are found as it finds them.
 */
final class KmsKeyProvider implements KeyProvider {

  private final String keyId;
  private final KmsClient kms;

  /**
   * A provider that uses the KMS key {@code keyId} (id, ARN or alias).
   *
   * @param region null for the one that the SDK finds
   * @param endpoint null for that of the region, else such as that of a private endpoint
   */
  KmsKeyProvider(String keyId, String region, URI endpoint) {
    this.keyId = keyId;
    KmsClientBuilder builder = KmsClient.builder().httpClient(UrlConnectionHttpClient.create());
    if (region != null) {
      builder.region(Region.of(region));
    }
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    this.kms = builder.build();
  }

  @Override
  public DataKey generate(Map<String, String> context) throws IOException {
    try {
      GenerateDataKeyResponse key =
          kms.generateDataKey(
              request ->
                  request.keyId(keyId).keySpec(DataKeySpec.AES_256).encryptionContext(context));
      return new DataKey(
          key.plaintext().asByteArray(), key.keyId(), key.ciphertextBlob().asByteArray());
    } catch (SdkException e) {
      throw new IOException(
          "Cannot make a data key with KMS key "
              + keyId
              + ": "
              + e.getMessage()
              + "; the role needs kms:GenerateDataKey on it",
          e);
    }
  }

  @Override
  public byte[] unwrap(String masterKeyId, byte[] wrapped, Map<String, String> context)
      throws IOException {
    try {
      DecryptResponse key =
          kms.decrypt(
              request ->
                  request
                      .keyId(masterKeyId)
                      .ciphertextBlob(SdkBytes.fromByteArray(wrapped))
                      .encryptionContext(context));
      return key.plaintext().asByteArray();
    } catch (SdkException e) {
      throw new IOException(
          "Cannot unwrap the data key of "
              + context
              + " with KMS key "
              + masterKeyId
              + ": "
              + e.getMessage()
              + "; the role needs kms:Decrypt on it, and the key must be enabled",
          e);
    }
  }

  @Override
  public void close() {
    kms.close();
  }
}
