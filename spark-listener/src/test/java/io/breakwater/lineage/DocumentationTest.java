package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code -Dbreakwater.docs.write=true} writes the tables instead of comparing them. */
class DocumentationTest {

  private static final Path PAGE = Path.of("..", "docs", "spark-listener.md");

  private static final Pattern PAGES = Pattern.compile("(?!.*/target/).*\\.(md|json|sh)");
  private static final Pattern NAME =
      Pattern.compile("spark\\.breakwater\\.lineage\\.[A-Za-z.]*[A-Za-z]");

  @Test
  void configurationTable_isWhatTheCodeSays() throws IOException {
    assertSection("generated", table());
  }

  @Test
  void metricsTable_isWhatTheCodeSays() throws IOException {
    assertSection("metrics", metrics());
  }

  @Test
  void everyKeyThatAPageNames_isDeclared() throws IOException {
    List<String> keys = LineageKeys.ALL.stream().map(ConfigKey::name).toList();
    Set<String> named = new TreeSet<>();
    try (Stream<Path> files = Files.walk(PAGE.getParent())) {
      for (Path page : files.filter(file -> PAGES.matcher(file.toString()).matches()).toList()) {
        NAME.matcher(Files.readString(page)).results().map(MatchResult::group).forEach(named::add);
      }
    }
    assertThat(named)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            name ->
                assertThat(keys)
                    .as("names a key, or the beginning of some: %s", name)
                    .anyMatch(key -> key.equals(name) || key.startsWith(name + ".")));
  }

  private static void assertSection(String name, String content) throws IOException {
    String page = Files.readString(PAGE);
    String beginMark = "<!-- " + name + ":begin -->\n";
    int begin = page.indexOf(beginMark) + beginMark.length();
    int end = page.indexOf("<!-- " + name + ":end -->");
    String expected = page.substring(0, begin) + content + page.substring(end);
    if (Boolean.getBoolean("breakwater.docs.write")) {
      Files.writeString(PAGE, expected);
    }
    assertThat(Files.readString(PAGE))
        .as("stale: run mvn -pl spark-listener test -Dbreakwater.docs.write=true")
        .isEqualTo(expected);
  }

  private static String metrics() {
    StringBuilder table =
        new StringBuilder(
            "| Metric | Kind | Unit | Meaning | Alert when it |\n|---|---|---|---|---|\n");
    for (LineageMetric metric : LineageMetric.values()) {
      table.append(
          String.format(
              "| `%s` | %s | %s | %s | %s |%n",
              metric.metricName(),
              metric.kind().words(),
              metric.unit(),
              metric.meaning(),
              metric.alert()));
    }
    for (LineageMetrics.DroppedMetric dropped : LineageMetrics.droppedMetrics()) {
      table.append(
          String.format(
              "| `%s` | %s | events | Events lost because %s. | increases |%n",
              dropped.name(), LineageMetric.DROPPED.kind().words(), dropped.reason()));
    }
    return table.toString();
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder("| Key | Type | Default | Must be | Meaning |\n|---|---|---|---|---|\n");
    for (ConfigKey<?> key : LineageKeys.ALL) {
      table.append(
          String.format(
              "| `%s` | %s | `%s` | %s | %s |%n",
              key.name(), key.type(), key.defaultValue(), key.bound(), key.doc()));
    }
    return table.toString();
  }
}
