package io.breakwater.lineage.tool;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;

/** A file of events, one per line; compressed if it is called {@code .gz}. */
final class FileInput implements EventInput {

  private static final int LINE_BYTES = 64 << 20;

  private final Path file;
  private final boolean compressed;
  private long offset;
  private long line;

  FileInput(Path file) {
    this.file = file;
    this.compressed = file.toString().endsWith(".gz");
  }

  @Override
  public void poll(EventSink sink, boolean last) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < offset) {
        // Truncated, or another file by now.
        offset = 0;
        line = 0;
      }
      if (compressed && offset > 0) {
        return;
      }
      channel.position(offset);
      InputStream bytes = Channels.newInputStream(channel);
      if (compressed) {
        offset = channel.size();
        bytes = new GZIPInputStream(bytes);
      }
      read(new BufferedInputStream(bytes, 1 << 16), sink, last || compressed);
    } catch (NoSuchFileException e) {
      offset = 0;
      line = 0;
    }
  }

  private void read(InputStream bytes, EventSink sink, boolean last) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    long length = 0;
    int next = bytes.read();
    while (next >= 0) {
      length++;
      if (next == '\n') {
        line(text, length, sink);
        text.reset();
        length = 0;
      } else if (text.size() <= LINE_BYTES) {
        text.write(next);
      }
      next = bytes.read();
    }
    if (last && length > 0) {
      line(text, length, sink);
    }
  }

  private void line(ByteArrayOutputStream text, long length, EventSink sink) {
    line++;
    offset += compressed ? 0 : length;
    String where = "line " + line + " of " + file;
    if (text.size() > LINE_BYTES) {
      sink.unreadable("Cannot read " + where + ": it has more than " + LINE_BYTES + " bytes");
    } else if (!text.toString(StandardCharsets.UTF_8).isBlank()) {
      EventParser.parse(text.toByteArray(), where, sink);
    }
  }
}
