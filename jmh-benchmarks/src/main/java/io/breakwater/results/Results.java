package io.breakwater.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of results. Each file is a JSON object: {@code run} says when, where and how it was
 * measured ({@link RunConditions}), the rest is what the benchmark found.
 */
public final class Results {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /** Nothing is read before it is asked for. */
  public Results(Path directory) {
    this.directory = directory;
  }

  /**
   * What one program wrote.
   *
   * @param root the whole file
   */
  public record Measured(JsonNode root) {

    /** When, where and how, as a paragraph and a command. */
    public String conditions() {
      return RunConditions.markdown(root.path("run"));
    }

    /** When, where and how, without the command. */
    public String circumstances() {
      return RunConditions.circumstances(root.path("run"));
    }

    /** The rows of an array. */
    public Rows rows(String field) {
      return Rows.of(root.path(field));
    }

    /** The number at a JSON pointer; NaN if there is none. */
    public double at(String pointer) {
      JsonNode found = root.at(pointer);
      return found.isNumber() ? found.asDouble() : Double.NaN;
    }
  }

  /** Whether there is such a file. */
  public boolean has(String name) {
    return Files.exists(directory.resolve(name));
  }

  /** One file, such as {@code planning.json}. */
  public Measured read(String name) {
    return read(directory.resolve(name));
  }

  /** All files of a directory, newest run first. */
  public List<Measured> readAll(String name) {
    Path folder = directory.resolve(name);
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .map(Results::read)
          .sorted(
              Comparator.comparing((Measured measured) -> measured.root().at("/run/when").asText())
                  .reversed())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }

  private static Measured read(Path file) {
    try {
      JsonNode root = JSON.readTree(file.toFile());
      if (root.at("/run/when").asText().isEmpty()) {
        throw new IllegalArgumentException(
            "Cannot publish " + file + ": it does not say when it was measured (run.when)");
      }
      return new Measured(root);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
