package io.breakwater.wal.crypto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Wraps data keys with a master key that is at hand. A wrapped key is a nonce (12 bytes), the key
 * encrypted with AES-GCM (32) and the tag (16), which also covers the context.
 */
final class LocalKeyProvider implements KeyProvider {

  private static final int NONCE = 12;
  private static final int TAG = 16;

  private final MasterKeys keys;
  private final SecureRandom random = new SecureRandom();

  LocalKeyProvider(MasterKeys keys) {
    this.keys = keys;
  }

  @Override
  public DataKey generate(Map<String, String> context) throws IOException {
    String id = keys.current();
    byte[] plain = new byte[DATA_KEY_BYTES];
    byte[] nonce = new byte[NONCE];
    random.nextBytes(plain);
    random.nextBytes(nonce);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key(id), nonce, context).doFinal(plain);
      byte[] wrapped = Arrays.copyOf(nonce, NONCE + encrypted.length);
      System.arraycopy(encrypted, 0, wrapped, NONCE, encrypted.length);
      return new DataKey(plain, id, wrapped);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "Cannot wrap a data key with master key " + id + " of " + keys.place(), e);
    }
  }

  @Override
  public byte[] unwrap(String id, byte[] wrapped, Map<String, String> context) throws IOException {
    SecretKey key = key(id);
    if (wrapped.length != NONCE + DATA_KEY_BYTES + TAG) {
      throw new IOException(
          "Cannot unwrap a data key of " + context + ": it has " + wrapped.length + " bytes");
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(wrapped, NONCE), context)
          .doFinal(wrapped, NONCE, wrapped.length - NONCE);
    } catch (AEADBadTagException e) {
      throw new IOException(
          "Cannot unwrap the data key of "
              + context
              + ": master key "
              + id
              + " of "
              + keys.place()
              + " is not the one that wrapped it; put the right one back under that name",
          e);
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot unwrap a data key with master key " + id, e);
    }
  }

  private SecretKey key(String id) throws IOException {
    return keys.find(id)
        .orElseThrow(
            () ->
                new IOException(
                    "Cannot use master key "
                        + id
                        + ": it is not in "
                        + keys.place()
                        + "; put it back there, logs that were written with it need it"));
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, Map<String, String> context)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
    new TreeMap<>(context)
        .forEach(
            (name, value) ->
                cipher.updateAAD((name + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
    return cipher;
  }
}
