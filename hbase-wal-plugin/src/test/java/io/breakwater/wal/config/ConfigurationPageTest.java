package io.breakwater.wal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  private static final Path PAGE = Path.of("..", "docs", "hbase-wal-plugin.md");
  private static final String BEGIN = "<!-- generated:begin -->\n";
  private static final String END = "<!-- generated:end -->";

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
