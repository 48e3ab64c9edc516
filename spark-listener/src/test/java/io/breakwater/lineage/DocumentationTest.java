package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code -Dbreakwater.docs.write=true} writes the table instead of comparing it. */
class DocumentationTest {

  private static final Path PAGE = Path.of("..", "docs", "spark-listener.md");
  private static final String BEGIN = "<!-- generated:begin -->\n";
  private static final String END = "<!-- generated:end -->";

  @Test
  void configurationTable_isWhatTheCodeSays() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    String expected = page.substring(0, begin) + table() + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("breakwater.docs.write")) {
      Files.writeString(PAGE, expected);
    }
    assertThat(Files.readString(PAGE))
        .as("stale: run mvn -pl spark-listener test -Dbreakwater.docs.write=true")
        .isEqualTo(expected);
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder("| Key | Type | Default | Must be | Meaning |\n|---|---|---|---|---|\n");
    for (ConfigKey<?> key : LineageConfig.KEYS) {
      table.append(
          String.format(
              "| `%s` | %s | `%s` | %s | %s |%n",
              key.name(), key.type(), key.defaultValue(), key.bound(), key.doc()));
    }
    return table.toString();
  }
}
