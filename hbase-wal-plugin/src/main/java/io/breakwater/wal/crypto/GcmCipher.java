package io.breakwater.wal.crypto;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-GCM (NIST SP 800-38D) with a key that belongs to one log. A piece is stored as
 *
 * <pre>
 *    0  12  nonce, random: a piece may be stored twice, after a failed write, in other bounds
 *   12   n  ciphertext
 * n+12  16  tag, over the log id (16), the position (8, big-endian) and the ciphertext
 * </pre>
 */
final class GcmCipher implements LogCipher {

  private static final String TRANSFORMATION = "AES/GCM/NoPadding";
  private static final int NONCE = 12;
  private static final int TAG = 16;

  private final UUID log;
  private final SecretKey key;
  private final SecureRandom random;

  /** Making a cipher costs more than encrypting a small piece with it. */
  private final ConcurrentLinkedQueue<Cipher> idle = new ConcurrentLinkedQueue<>();

  GcmCipher(UUID log, byte[] key, SecureRandom random) {
    this.log = log;
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  @Override
  public int overhead() {
    return NONCE + TAG;
  }

  @Override
  public void encrypt(long position, ByteBuffer plain, ByteBuffer target) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    target.put(nonce);
    try {
      Cipher cipher = prepared(Cipher.ENCRYPT_MODE, nonce, position);
      cipher.doFinal(plain, target);
      idle.add(cipher);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "Cannot encrypt for log " + log + " at position " + position + ": " + e.getMessage(), e);
    }
  }

  @Override
  public ByteBuffer decrypt(long position, ByteBuffer encrypted) throws LogCorruptException {
    if (encrypted.remaining() < overhead()) {
      throw damaged(position, encrypted.remaining() + " bytes are too few for an encrypted piece");
    }
    byte[] nonce = new byte[NONCE];
    encrypted.get(nonce);
    ByteBuffer plain = ByteBuffer.allocate(encrypted.remaining() - TAG);
    try {
      Cipher cipher = prepared(Cipher.DECRYPT_MODE, nonce, position);
      cipher.doFinal(encrypted, plain);
      idle.add(cipher);
      return plain.flip();
    } catch (AEADBadTagException e) {
      throw damaged(
          position, "the authentication tag does not match: other bytes, or written elsewhere");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "Cannot decrypt log " + log + " at position " + position + ": " + e.getMessage(), e);
    }
  }

  private Cipher prepared(int mode, byte[] nonce, long position) throws GeneralSecurityException {
    Cipher cipher = idle.poll();
    if (cipher == null) {
      cipher = Cipher.getInstance(TRANSFORMATION);
    }
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
    cipher.updateAAD(
        ByteBuffer.allocate(24)
            .putLong(log.getMostSignificantBits())
            .putLong(log.getLeastSignificantBits())
            .putLong(position)
            .flip());
    return cipher;
  }

  private LogCorruptException damaged(long position, String cause) {
    return new LogCorruptException(
        "Cannot read log " + log + ": it is damaged at position " + position + ": " + cause);
  }
}
