package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineageClientUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The events that a backend refused for good: {@code root/dead-letter/<driver>.jsonl}, one object
 * {@code {"refusedAt", "reason", "event"}} per line, the event as the text that was spooled. Forced
 * to the disk before the spool forgets the event.
 */
final class DeadLetters {

  private static final String DIRECTORY = "dead-letter";

  private final Path directory;

  DeadLetters(Path root) {
    this.directory = root.resolve(DIRECTORY);
  }

  Path file(String driver) {
    return directory.resolve(driver + ".jsonl");
  }

  void add(String driver, byte[] event, String reason) throws IOException {
    Map<String, String> line = new LinkedHashMap<>();
    line.put("refusedAt", Instant.now().toString());
    line.put("reason", reason);
    line.put("event", new String(event, StandardCharsets.UTF_8));
    Files.createDirectories(directory);
    try (FileChannel channel =
        FileChannel.open(file(driver), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(
              (OpenLineageClientUtils.toJson(line) + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
