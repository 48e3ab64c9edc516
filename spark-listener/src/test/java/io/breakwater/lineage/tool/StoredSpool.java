package io.breakwater.lineage.tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** What builds have left on a disk, from {@code src/test/resources/formats}. */
public final class StoredSpool {

  private StoredSpool() {}

  /** Copies a spool, or an archive, into {@code target}; returns the directory of its driver. */
  public static Path copy(String build, Path target) throws Exception {
    Path source = Path.of(StoredSpool.class.getResource("/formats/" + build).toURI());
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
    try (Stream<Path> children = Files.list(source)) {
      return target.resolve(
          children
              .map(child -> child.getFileName().toString())
              .filter(name -> name.startsWith("driver-"))
              .findFirst()
              .orElseThrow());
    }
  }

  /** The content of every file below {@code root}. */
  static Map<String, String> contents(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      Map<String, String> contents = new TreeMap<>();
      files
          .filter(Files::isRegularFile)
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

  /** The first segment, digest or state below {@code directory}, by its ending or beginning. */
  static Path first(Path directory, String pattern) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches(pattern))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  /** Makes the four bytes behind the magic of {@code file} say version 2, with a good checksum. */
  static Path makeLater(Path file, int checksummed) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = checksummed < 0 ? bytes.length - Integer.BYTES : checksummed;
    CRC32C crc = new CRC32C();
    ByteBuffer.wrap(bytes).putInt(8, 2);
    crc.update(bytes, 0, length);
    ByteBuffer.wrap(bytes).putInt(length, (int) crc.getValue());
    return Files.write(file, bytes);
  }

  /** How a {@code SpoolVersionException} about version 2 of {@code place} is told. */
  static String later(Object place) {
    return "Cannot read "
        + place
        + " is of format version 2, this spark-listener reads up to 1; it is left as it is: use the"
        + " spark-listener that wrote it, or a later one";
  }
}
