package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A name of the tree that stands for a log: a small file of four lines, {@code breakwater-log 1},
 * the log id, the time of creation and the directory in which it was created.
 *
 * @param id the log
 * @param created milliseconds since the epoch; a file with another modification time has had it set
 * @param home the path of the directory in which the log was created
 */
record Entry(UUID id, long created, String home) {

  private static final String MAGIC = "breakwater-log 1";

  ByteBuffer encode() {
    String text = String.join("\n", MAGIC, id.toString(), Long.toString(created), home) + "\n";
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static Entry read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    LogVersionException.requireKnown("read the entry of a log", file.toString(), text, MAGIC);
    String[] lines = text.split("\n", -1);
    try {
      if (lines.length == 5 && lines[0].equals(MAGIC)) {
        return new Entry(UUID.fromString(lines[1]), Long.parseLong(lines[2]), lines[3]);
      }
    } catch (IllegalArgumentException e) {
      throw corrupt(file, e.getMessage());
    }
    throw corrupt(file, "it is not an entry of version 1");
  }

  private static LogCorruptException corrupt(Path file, String cause) {
    return new LogCorruptException(
        "Cannot read the entry of a log: " + file + " is damaged at offset 0: " + cause);
  }
}
