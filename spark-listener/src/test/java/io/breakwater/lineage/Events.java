package io.breakwater.lineage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpooledRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Events as JSON trees, so that they can be compared whatever the order of their properties. */
public final class Events {

  private static final String WRITE = "execute_insert_into_hadoop_fs_relation_command";

  /** An event that has a property twice is none. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private static final ObjectMapper LENIENT = new ObjectMapper();

  private Events() {}

  public static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<JsonNode> parse(List<String> json) {
    return json.stream().map(Events::parse).toList();
  }

  /** The events of a file, one per line. */
  public static List<JsonNode> ofFile(Path file) throws IOException {
    return parse(Files.readAllLines(file));
  }

  /** The same of OpenLineage's own listener, which writes some facets twice. */
  public static List<JsonNode> ofFileWithDuplicates(Path file) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      events.add(LENIENT.readTree(line));
    }
    return events;
  }

  /**
   * What waits below {@code root}, valid and clean, read from a copy in {@code copy} so that it
   * goes on waiting.
   */
  public static List<JsonNode> waiting(Path root, Path copy) throws IOException {
    List<JsonNode> events = waitingUnchecked(root, copy);
    EventChecks.assertValidAndClean(events);
    return events;
  }

  /** The same, whatever the events are. */
  public static List<JsonNode> waitingUnchecked(Path root, Path copy) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.skip(1).toList()) {
        Files.copy(path, copy.resolve(root.relativize(path).toString()));
      }
    }
    List<JsonNode> events = new ArrayList<>();
    for (Path driver : SpoolDirectory.list(copy)) {
      Backlog backlog = Backlog.recover(SpoolDirectory.claim(driver).orElseThrow(), damage -> {});
      try (backlog) {
        Optional<SpooledRecord> record = backlog.next();
        while (record.isPresent()) {
          events.add(parse(new String(record.get().payload(), StandardCharsets.UTF_8)));
          backlog.delivered(record.get());
          record = backlog.next();
        }
      }
    }
    return events;
  }

  /** The runs of the writes of files that have an event of {@code type}, in order. */
  public static List<String> writeRuns(List<JsonNode> events, String type) {
    return events.stream()
        .filter(event -> event.at("/eventType").asText().equals(type))
        .filter(event -> event.at("/job/name").asText().contains(WRITE))
        .map(event -> event.at("/run/runId").asText())
        .toList();
  }
}
