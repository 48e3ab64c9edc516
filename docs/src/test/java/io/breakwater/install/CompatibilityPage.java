package io.breakwater.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * {@code docs/compatibility.md}: the results of {@code docs/compatibility/*.json}, each of which
 * was written when a combination of versions had passed.
 *
 * @param directory of the results
 * @param page what is made of them
 */
record CompatibilityPage(Path directory, Path page) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** The one of this source tree. */
  static CompatibilityPage ofBuild() throws IOException {
    Path docs = HostClassPath.HOSTS.resolve("..").toRealPath();
    return new CompatibilityPage(docs.resolve("compatibility"), docs.resolve("compatibility.md"));
  }

  /**
   * What was run with a combination.
   *
   * @param kind the section of the page: hbase, spark or java
   * @param versions by product, in the order of the columns
   * @param tests what was tested; all of it passed
   */
  record Result(String kind, Map<String, String> versions, List<String> tests) {

    /** The name of the file: the versions, without Java's last numbers. */
    String fileName() {
      List<String> parts = new ArrayList<>();
      versions.forEach(
          (product, version) ->
              parts.add(product + "-" + (product.equals("java") ? feature(version) : version)));
      return String.join("-", parts) + ".json";
    }
  }

  static String feature(String javaVersion) {
    return javaVersion.replaceFirst("\\D.*", "");
  }

  /** Forgets what a combination once did: it is to be tested again. */
  void delete(Result result) throws IOException {
    Files.deleteIfExists(directory.resolve(result.fileName()));
  }

  void write(Result result, String command, String date) throws IOException {
    ObjectNode tree = JSON.createObjectNode();
    tree.put("kind", result.kind());
    tree.put("breakwater", Distribution.version());
    result.versions().forEach(tree.putObject("versions")::put);
    tree.put("date", date).put("command", command);
    ArrayNode tests = tree.putArray("tests");
    result.tests().forEach(tests::add);
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(result.fileName()), JSON.writeValueAsString(tree) + "\n");
  }

  private List<JsonNode> results(String kind) throws IOException {
    List<JsonNode> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        JsonNode result = JSON.readTree(file.toFile());
        if (result.path("kind").asText().equals(kind)) {
          results.add(result);
        }
      }
    }
    results.sort(
        Comparator.comparing((JsonNode result) -> key(result, "hbase"))
            .thenComparing(result -> key(result, "spark"))
            .thenComparing(result -> key(result, "iceberg"))
            .thenComparing(result -> key(result, "java")));
    return results;
  }

  /** A version with numbers of one length, so that 1.9 comes before 1.10. */
  private static String key(JsonNode result, String product) {
    StringBuilder key = new StringBuilder();
    for (String number : version(result, product).split("\\D+", -1)) {
      key.append("%8s".formatted(number));
    }
    return key.toString();
  }

  private static String version(JsonNode result, String product) {
    return result.path("versions").path(product).asText();
  }

  /** The text of the page. */
  String render() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # Compatibility

        Each line was run, with real processes of the host and the jars as they are packaged; what is not here was not. `yes` in the last column: so does every build, too. The page is made of the files in `docs/compatibility/` of the sources, which have the date, the exact versions and the tests; a build fails if it differs.

        Again, or for other versions (about half an hour; `-Dcompatibility.spark=3.5.8` and the like for a part of it):

        ```
        mvn -Pcompatibility -DskipTests verify
        ```

        """);
    section(text, "hbase-wal-plugin", "hbase", List.of("HBase", "Hadoop", "Java"));
    text.append(
        """
        HBase 2.5 needs the jar of `mvn -Phbase-2.5` and [two more properties](hbase-wal-plugin.md#hbase-25). HBase 2.6 needs Hadoop 3.3.6 or later: 2.6.1-hadoop3 with the Hadoop 3.3.5 that it brings does not start (`NoClassDefFoundError: org/apache/hadoop/fs/LeaseRecoverable`). BookKeeper is 4.18.0: the client is in the jar, the bookies are tested in every build.

        """);
    section(
        text,
        "iceberg-maintenance and spark-listener",
        "spark",
        List.of("Spark", "Iceberg", "OpenLineage", "Java"));
    text.append(
        """
        Scala is 2.12. Every build also runs each procedure, and the lineage of procedures, on Iceberg 1.10.0 and 1.11.0 with its own Spark.

        """);
    section(text, "Java 25", "java", List.of("HBase", "Spark", "Java"));
    text.append(
        """
        HBase and Spark 3.5 themselves do not start on Java 25: their Hadoop asks `javax.security.auth.Subject.getSubject`, which throws `UnsupportedOperationException: getSubject is not supported` since Java 24. The tools run there as far as they need no file system of Hadoop. A build without a Java 25 skips these tests, by name; it is found beside the Java of the build, or by `BREAKWATER_JDK_25`.
        """);
    return text.toString();
  }

  private void section(StringBuilder text, String title, String kind, List<String> columns)
      throws IOException {
    List<JsonNode> results = results(kind);
    text.append("## ").append(title).append("\n\n");
    text.append("| ")
        .append(String.join(" | ", columns))
        .append(" | tests | on | in every build |\n");
    text.append("|---".repeat(columns.size() + 3)).append("|\n");
    Set<String> tests = new TreeSet<>();
    for (JsonNode result : results) {
      for (String column : columns) {
        text.append("| ").append(version(result, column.toLowerCase(Locale.ROOT))).append(' ');
      }
      result.path("tests").forEach(test -> tests.add(test.asText()));
      text.append("| ").append(result.path("tests").size());
      text.append(" | ").append(result.path("date").asText());
      text.append(" | ").append(isOfBuild(result) ? "yes" : "").append(" |\n");
    }
    text.append("\nThe tests:\n\n");
    tests.forEach(test -> text.append("- ").append(test).append('\n'));
    text.append('\n');
  }

  /** Whether the versions are those that the build itself is for, on the Java that it needs. */
  private static boolean isOfBuild(JsonNode result) {
    for (String product : List.of("hbase", "spark", "iceberg")) {
      String version = version(result, product);
      if (!version.isEmpty() && !version.equals(System.getProperty("breakwater." + product))) {
        return false;
      }
    }
    return feature(version(result, "java")).equals("17")
        || result.path("kind").asText().equals("java");
  }
}
