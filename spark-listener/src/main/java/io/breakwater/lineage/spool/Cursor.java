package io.breakwater.lineage.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * How far a directory has been delivered: two slots of 28 bytes, written in turn, so that a crash
 * in the middle of a write leaves the other one.
 *
 * <pre>
 * slot  sequence 8  the higher valid one counts
 *       segment  8
 *       offset   8
 *       crc      4  CRC32C of the 24 bytes before
 * </pre>
 *
 * A cursor is not forced to the disk: after a power loss it may be older, and records are then sent
 * again. Not thread-safe.
 */
final class Cursor implements Closeable {

  private static final int SLOT_BYTES = 28;
  private static final Position START = new Position(0, 0);

  private final FileChannel channel;
  private long sequence;
  private Position position = START;

  private Cursor(FileChannel channel) {
    this.channel = channel;
  }

  static Cursor open(Path file) throws IOException {
    Cursor cursor =
        new Cursor(
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE));
    cursor.load();
    return cursor;
  }

  /** The position that {@code file} holds; the start if it holds none. */
  static Position read(Path file) throws IOException {
    try (Cursor cursor = new Cursor(FileChannel.open(file, StandardOpenOption.READ))) {
      cursor.load();
      return cursor.position;
    }
  }

  Position position() {
    return position;
  }

  void advance(Position to) throws IOException {
    ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES);
    slot.putLong(sequence + 1).putLong(to.segment()).putLong(to.offset()).putInt(crc(slot.array()));
    slot.flip();
    long offset = (sequence + 1) % 2 * SLOT_BYTES;
    while (slot.hasRemaining()) {
      offset += channel.write(slot, offset);
    }
    sequence++;
    position = to;
  }

  private void load() throws IOException {
    for (int i = 0; i < 2; i++) {
      ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES);
      if (channel.read(slot, (long) i * SLOT_BYTES) < SLOT_BYTES) {
        continue;
      }
      slot.flip();
      long slotSequence = slot.getLong();
      Position slotPosition = new Position(slot.getLong(), slot.getLong());
      if (slot.getInt() == crc(slot.array()) && slotSequence > sequence) {
        sequence = slotSequence;
        position = slotPosition;
      }
    }
  }

  private static int crc(byte[] slot) {
    CRC32C crc = new CRC32C();
    crc.update(slot, 0, SLOT_BYTES - Integer.BYTES);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
