package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.SpoolDirectory;
import io.openlineage.client.OpenLineageClientUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The events that a backend refused for good: {@code root/dead-letter/<driver>.jsonl}, one object
 * {@code {"version", "refusedAt", "reason", "event"}} per line, the event as the text that was
 * spooled. The version is 1, also where it is not there. Forced to the disk before the spool
 * forgets the event.
 */
final class DeadLetters {

  /** The one that is written, and the latest that is read. */
  static final int VERSION = 1;

  private static final String DIRECTORY = "dead-letter";

  private final Path directory;

  DeadLetters(Path root) {
    this.directory = root.resolve(DIRECTORY);
  }

  Path file(String driver) {
    return directory.resolve(driver + ".jsonl");
  }

  /** The files of all drivers, oldest first. */
  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** What a file has of one event, without the end of the line. */
  static String line(byte[] event, String reason) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("version", VERSION);
    line.put("refusedAt", Instant.now().toString());
    line.put("reason", reason);
    line.put("event", new String(event, StandardCharsets.UTF_8));
    return OpenLineageClientUtils.toJson(line);
  }

  void add(String driver, byte[] event, String reason) throws IOException {
    SpoolDirectory.createForOwner(directory);
    try (FileChannel channel =
        FileChannel.open(file(driver), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes =
          ByteBuffer.wrap((line(event, reason) + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
