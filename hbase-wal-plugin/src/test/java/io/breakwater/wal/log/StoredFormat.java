package io.breakwater.wal.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What builds have stored, from {@code src/test/resources/formats}. */
public final class StoredFormat {

  private StoredFormat() {}

  /** A file of the resources. */
  public static byte[] bytes(String name) throws IOException {
    try (InputStream in = StoredFormat.class.getResourceAsStream("/formats/" + name)) {
      return in.readAllBytes();
    }
  }

  /** Copies a directory of the resources. */
  public static void copy(String name, Path target) throws Exception {
    Path source = Path.of(StoredFormat.class.getResource("/formats/" + name).toURI());
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = target.resolve(source.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The content of every file below {@code root} whose name passes. */
  public static Map<String, String> contents(Path root, Predicate<String> names)
      throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      Map<String, String> contents = new TreeMap<>();
      files
          .filter(Files::isRegularFile)
          .filter(file -> names.test(file.getFileName().toString()))
          .forEach(file -> contents.put(root.relativize(file).toString(), content(file)));
      return contents;
    }
  }

  private static String content(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The message of a {@link LogVersionException} about version 2 of something. */
  public static String later(String what, Object place) {
    return "Cannot "
        + what
        + ": "
        + place
        + " is of format version 2, this plugin reads up to 1; it is left as it is: use the plugin"
        + " that wrote it, or a later one";
  }
}
