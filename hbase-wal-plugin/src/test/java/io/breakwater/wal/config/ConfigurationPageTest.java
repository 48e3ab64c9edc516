package io.breakwater.wal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  private static final Path PAGE = Path.of("..", "docs", "hbase-wal-plugin.md");
  private static final String BEGIN = "<!-- generated:begin -->\n";
  private static final String END = "<!-- generated:end -->";

  private static final Pattern PAGES = Pattern.compile("(?!.*/target/).*\\.(md|json|sh)");
  private static final Pattern NAME =
      Pattern.compile("(?<!io\\.)breakwater\\.wal\\.[a-z0-9.-]*[a-z0-9]");

  @Test
  void page_hasTheKeysAsTheyAreDeclared() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    assertThat(end).as("markers of the generated part in " + PAGE).isGreaterThanOrEqualTo(begin);
    if (Boolean.getBoolean("breakwater.docs.write")) {
      page = page.substring(0, begin) + table() + page.substring(end);
      Files.writeString(PAGE, page);
      end = page.indexOf(END);
    }
    assertThat(page.substring(begin, end))
        .as("%s is stale: run the tests with -Dbreakwater.docs.write=true", PAGE)
        .isEqualTo(table());
  }

  @Test
  void everyKeyThatAPageNames_isDeclared() throws IOException {
    List<String> keys = WalKeys.ALL.stream().map(ConfigKey::name).toList();
    Set<String> named = new TreeSet<>();
    try (Stream<Path> files = Files.walk(PAGE.getParent())) {
      for (Path page : files.filter(file -> PAGES.matcher(file.toString()).matches()).toList()) {
        NAME.matcher(Files.readString(page)).results().map(MatchResult::group).forEach(named::add);
      }
    }
    assertThat(named)
        .hasSizeGreaterThan(30)
        .allSatisfy(
            name ->
                assertThat(keys)
                    .as("names a key, or the beginning of some: %s", name)
                    .anyMatch(key -> key.equals(name) || key.startsWith(name + ".")));
  }

  private static String table() {
    return "| Property | Type | Default | Must be | Meaning |\n|---|---|---|---|---|\n"
        + WalKeys.ALL.stream().map(ConfigurationPageTest::row).collect(Collectors.joining());
  }

  private static String row(ConfigKey<?> key) {
    String defaultValue = key.defaultValue() == null ? "none, required" : code(key.defaultValue());
    return String.join(
        " | ", "| " + code(key.name()), key.type(), defaultValue, key.bound(), key.doc() + " |\n");
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
