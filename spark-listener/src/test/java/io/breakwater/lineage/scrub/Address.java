package io.breakwater.lineage.scrub;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** An address that somebody may give to Spark, and what may be left of it. */
record Address(String url, String scrubbed) {

  /** The addresses of the drivers and stores that one meets, most with planted secrets. */
  static List<Address> corpus() {
    try (InputStream file = Address.class.getResourceAsStream("addresses.tsv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Address::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Address of(String line) {
    int tab = line.indexOf('\t');
    return new Address(line.substring(0, tab), line.substring(tab + 1));
  }

  /** Whether a file system could be meant, not a database. */
  boolean isPath() {
    return url.matches("[a-z][a-z0-9+.-]*://.*");
  }

  /** As a string in SQL. */
  String literal() {
    return "'" + url.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  boolean holdsASecret() {
    return url.toUpperCase(Locale.ROOT).contains("S3CR3T");
  }
}
