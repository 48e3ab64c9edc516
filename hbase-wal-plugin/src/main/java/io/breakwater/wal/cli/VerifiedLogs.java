package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The sealed logs that were found good, in a file that a next run goes on from. UTF-8 text: the
 * line {@code breakwater-wal verify 1}, then a line for each log: length, modification time in
 * milliseconds and location, separated by blanks. A last line without its end, which a kill leaves,
 * does not count.
 */
final class VerifiedLogs implements AutoCloseable {

  private static final String HEADER = "breakwater-wal verify 1";

  private final Set<String> lines = new HashSet<>();
  private final FileChannel file;

  /** Opens or makes {@code path}. */
  VerifiedLogs(Path path) throws IOException {
    String text = Files.exists(path) ? Files.readString(path) : "";
    int end = text.lastIndexOf('\n') + 1;
    List<String> whole = text.substring(0, end).lines().toList();
    if (end > 0 && !whole.get(0).equals(HEADER)) {
      throw new IOException(
          "Cannot use --state "
              + path
              + ": it begins with '"
              + whole.get(0)
              + "', must be a file"
              + " that verify has made, or not be there");
    }
    if (end == 0 && !HEADER.startsWith(text)) {
      throw new IOException(
          "Cannot use --state " + path + ": verify has not made it; name a file that is not there");
    }
    lines.addAll(whole);
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
    file.position(file.size());
    if (end == 0) {
      append(HEADER);
    }
  }

  boolean contains(Location location, PathStatus log) {
    return log.sealed() && lines.contains(line(location, log));
  }

  void add(Location location, PathStatus log) throws IOException {
    if (log.sealed()) {
      append(line(location, log));
    }
  }

  private static String line(Location location, PathStatus log) {
    return log.length() + " " + log.modificationTime() + " " + location.at(log.path());
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
