package io.breakwater.wal.cli;

import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/**
 * The prices that {@code cost} works with, from a file of properties that the user edits. There are
 * no defaults: a price that is not in the file is not known.
 */
final class Prices {

  static final String WAL_HOUR = "emr.wal-hour";
  static final String WRITE_GIB = "emr.write-gib";
  static final String READ_GIB = "emr.read-gib";
  static final String BOOKIES = "bookkeeper.bookies";
  static final String BOOKIE_HOUR = "bookkeeper.bookie-hour";
  static final String BOOKIE_STORAGE_GIB = "bookkeeper.bookie-storage-gib";
  static final String STORAGE_GIB_MONTH = "bookkeeper.storage-gib-month";
  static final String CROSS_ZONE_COPIES = "bookkeeper.cross-zone-copies";
  static final String CROSS_ZONE_GIB = "bookkeeper.cross-zone-gib";

  static final List<String> EMR = List.of(WAL_HOUR, WRITE_GIB, READ_GIB);
  static final List<String> BOOKKEEPER =
      List.of(
          BOOKIES,
          BOOKIE_HOUR,
          BOOKIE_STORAGE_GIB,
          STORAGE_GIB_MONTH,
          CROSS_ZONE_COPIES,
          CROSS_ZONE_GIB);

  private static final String CURRENCY = "currency";

  private final Path file;
  private final Properties values = new Properties();

  /**
   * Reads {@code file}.
   *
   * @throws IOException if it cannot be read, or has a name that is not known or a value that is no
   *     price
   */
  Prices(Path file) throws IOException {
    this.file = file;
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      values.load(reader);
    } catch (NoSuchFileException e) {
      throw new IOException("Cannot read --prices " + file + ": there is no such file", e);
    }
    for (String name : new TreeSet<>(values.stringPropertyNames())) {
      if (!name.equals(CURRENCY) && !EMR.contains(name) && !BOOKKEEPER.contains(name)) {
        throw new IOException(
            "Unknown " + name + " in " + file + ", must be one of " + EMR + " or " + BOOKKEEPER);
      }
      if (!name.equals(CURRENCY)) {
        price(name);
      }
    }
  }

  String currency() {
    return values.getProperty(CURRENCY, "").trim();
  }

  /** The price, if the file has one. */
  Optional<BigDecimal> price(String name) throws IOException {
    String text = values.getProperty(name, "").trim();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.matches("\\d{1,9}(\\.\\d{1,12})?")) {
      throw new IOException(
          "Invalid " + name + " in " + file + ": " + text + ", must be a number such as 0.08");
    }
    return Optional.of(new BigDecimal(text));
  }

  /** The names of those that the file has no value for. */
  List<String> missing(List<String> names) throws IOException {
    TreeSet<String> missing = new TreeSet<>();
    for (String name : names) {
      if (price(name).isEmpty()) {
        missing.add(name);
      }
    }
    return List.copyOf(missing);
  }

  double value(String name) throws IOException {
    return price(name)
        .orElseThrow(() -> new IOException("Missing " + name + " in " + file))
        .doubleValue();
  }
}
