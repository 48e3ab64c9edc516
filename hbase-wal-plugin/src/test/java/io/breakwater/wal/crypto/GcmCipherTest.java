package io.breakwater.wal.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class GcmCipherTest {

  private static final UUID LOG = UUID.fromString("6f1d0c2e-0000-4000-8000-000000000001");

  private final GcmCipher cipher = cipher(LOG, 7);

  private static GcmCipher cipher(UUID log, int key) {
    byte[] bytes = new byte[KeyProvider.DATA_KEY_BYTES];
    Arrays.fill(bytes, (byte) key);
    return new GcmCipher(log, bytes, new SecureRandom());
  }

  private static byte[] encrypted(GcmCipher cipher, long position, byte[] plain) {
    ByteBuffer target = ByteBuffer.allocate(plain.length + cipher.overhead());
    cipher.encrypt(position, ByteBuffer.wrap(plain), target);
    assertThat(target.hasRemaining()).isFalse();
    return target.array();
  }

  @Property(tries = 300)
  void decrypt_givesWhatWasEncrypted(
      @ForAll @Size(max = 300) byte[] plain, @ForAll @LongRange(min = 0) long position)
      throws Exception {
    ByteBuffer back = cipher.decrypt(position, ByteBuffer.wrap(encrypted(cipher, position, plain)));
    assertThat(back).isEqualTo(ByteBuffer.wrap(plain));
  }

  @Property(tries = 300)
  void anyFlippedBit_isFound(
      @ForAll @Size(max = 40) byte[] plain, @ForAll @IntRange(max = 8 * 67) int bit) {
    byte[] stored = encrypted(cipher, 5, plain);
    stored[bit / 8 % stored.length] ^= (byte) (1 << bit % 8);
    assertDamaged(cipher, 5, stored);
  }

  @Property(tries = 100)
  void anyCutPiece_isFound(@ForAll @IntRange(max = 47) int length) {
    byte[] stored = encrypted(cipher, 5, new byte[20]);
    assertDamaged(cipher, 5, Arrays.copyOf(stored, length));
  }

  @Property(tries = 50)
  void aPieceOfAnotherPlace_orLog_orKey_isFound(@ForAll @LongRange(min = 0) long position) {
    byte[] stored = encrypted(cipher, position, "text".getBytes(UTF_8));
    assertDamaged(cipher, position ^ 1, stored);
    assertDamaged(cipher(UUID.randomUUID(), 7), position, stored);
    assertDamaged(cipher(LOG, 8), position, stored);
  }

  @Property(tries = 20)
  void theSamePiece_isNeverStoredAsTheSameBytes(@ForAll @Size(min = 1, max = 50) byte[] plain) {
    assertThat(encrypted(cipher, 0, plain)).isNotEqualTo(encrypted(cipher, 0, plain));
  }

  private static void assertDamaged(GcmCipher cipher, long position, byte[] stored) {
    assertThatThrownBy(() -> cipher.decrypt(position, ByteBuffer.wrap(stored)))
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining("is damaged at position " + position);
  }
}
