package io.breakwater.wal.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class EntryFormatTest {

  /** Stands for a real cipher: one more byte, and every byte changed. */
  private static final LogCipher INVERTING =
      new LogCipher() {
        @Override
        public int overhead() {
          return 1;
        }

        @Override
        public void encrypt(long position, ByteBuffer plain, ByteBuffer target) {
          target.put((byte) 7);
          while (plain.hasRemaining()) {
            target.put((byte) ~plain.get());
          }
        }

        @Override
        public ByteBuffer decrypt(long position, ByteBuffer encrypted) {
          encrypted.get();
          ByteBuffer plain = ByteBuffer.allocate(encrypted.remaining());
          while (encrypted.hasRemaining()) {
            plain.put((byte) ~encrypted.get());
          }
          return plain.flip();
        }
      };

  @Property(tries = 200)
  void entry_isReadAsItWasWritten(
      @ForAll @LongRange(min = 0) long position,
      @ForAll @Size(min = 1, max = 200) byte[] payload,
      @ForAll boolean encrypted)
      throws Exception {
    LogCipher cipher = encrypted ? INVERTING : null;
    ByteBuffer data = ByteBuffer.wrap(payload);
    ByteBuffer stored = EntryFormat.encode(position, List.of(data.duplicate()), cipher);
    assertThat(data.remaining()).isEqualTo(payload.length);
    EntryFormat.Entry entry = EntryFormat.decode(stored, cipher, "entry");
    assertThat(entry.position()).isEqualTo(position);
    assertThat(entry.end()).isEqualTo(position + payload.length);
    assertThat(entry.payload()).isEqualTo(ByteBuffer.wrap(payload));
    assertThat(EntryFormat.header(stored, "entry").end()).isEqualTo(position + payload.length);
  }

  @Example
  void layout_isAsDocumented() {
    ByteBuffer stored =
        EntryFormat.encode(0x0102030405060708L, List.of(ByteBuffer.wrap(new byte[] {9})), null);
    assertThat(stored.array()).containsExactly(1, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Property(tries = 100)
  void entryThatIsCut_isDamaged(@ForAll @IntRange(max = 19) int length) {
    byte[] cut =
        Arrays.copyOf(EntryFormat.encode(5, List.of(ByteBuffer.allocate(4)), null).array(), length);
    assertDamaged(cut, null);
  }

  @Property(tries = 300)
  void anyBytes_areAnEntryOrDamagedOrOfALaterVersion_andNothingElse(
      @ForAll @Size(max = 40) byte[] bytes) throws IOException {
    try {
      EntryFormat.Entry entry = EntryFormat.decode(ByteBuffer.wrap(bytes), null, "e");
      assertThat(entry.length()).isEqualTo(bytes.length - EntryFormat.HEADER);
    } catch (LogCorruptException e) {
      assertThat(e).hasMessageStartingWith("Cannot read a log: e is damaged: ");
    } catch (LogVersionException e) {
      assertThat(bytes[0] & 0xFF).isGreaterThan(1);
    }
  }

  @Example
  void encryptedEntryOfAPlainLog_andTheOtherWayRound_areDamaged() {
    assertDamaged(EntryFormat.encode(0, List.of(ByteBuffer.allocate(3)), INVERTING).array(), null);
    assertDamaged(EntryFormat.encode(0, List.of(ByteBuffer.allocate(3)), null).array(), INVERTING);
  }

  private static void assertDamaged(byte[] bytes, LogCipher cipher) {
    assertThatThrownBy(
            () -> EntryFormat.decode(ByteBuffer.wrap(bytes), cipher, "entry 3 of ledger 4"))
        .isInstanceOf(LogCorruptException.class)
        .hasMessageStartingWith("Cannot read a log: entry 3 of ledger 4 is damaged: ");
  }
}
