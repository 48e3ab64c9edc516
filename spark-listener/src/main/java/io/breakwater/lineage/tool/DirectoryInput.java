package io.breakwater.lineage.tool;

import io.breakwater.lineage.spool.SpoolReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory: the events in the spools of drivers below it, with those that a backend refused, and
 * in files whose names end with {@code .json}, {@code .jsonl}, {@code .ndjson} or one of these and
 * {@code .gz}, at any depth.
 */
final class DirectoryInput implements EventInput {

  private static final Pattern EVENTS = Pattern.compile(".*\\.(json|jsonl|ndjson)(\\.gz)?");

  private final Path directory;
  private final Map<Path, FileInput> files = new HashMap<>();
  private SpoolReader spool;

  DirectoryInput(Path directory) {
    this.directory = directory;
  }

  @Override
  public void poll(EventSink sink, boolean last) throws IOException {
    if (spool == null) {
      spool = new SpoolReader(directory, damage -> sink.unreadable(damage.describe()));
    }
    spool.poll(payload -> EventParser.parse(payload, "a record in " + directory, sink));
    for (Path file : eventFiles()) {
      files.computeIfAbsent(file, FileInput::new).poll(sink, last);
    }
  }

  private List<Path> eventFiles() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> EVENTS.matcher(path.getFileName().toString()).matches())
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        // A driver's directory that was delivered and deleted during the walk.
        return List.copyOf(files.keySet());
      }
      throw e.getCause();
    }
  }
}
