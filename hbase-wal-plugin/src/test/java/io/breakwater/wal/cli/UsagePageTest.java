package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The usage of each command in the documentation is the one that the command prints. */
class UsagePageTest {

  private static final Path PAGE = Path.of("..", "docs", "breakwater-wal.md");

  static Stream<String> commands() {
    return BreakwaterWal.commandLine(null).getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void page_hasTheUsageOfTheCommand(String command) throws IOException {
    String begin = "<!-- usage of " + command + ":begin -->\n";
    String end = "<!-- usage of " + command + ":end -->";
    String page = Files.readString(PAGE);
    assertThat(page).contains("## " + command + "\n").contains(begin).contains(end);
    int from = page.indexOf(begin) + begin.length();
    if (Boolean.getBoolean("breakwater.docs.write")) {
      page = page.substring(0, from) + usage(command) + page.substring(page.indexOf(end));
      Files.writeString(PAGE, page);
    }
    assertThat(page.substring(from, page.indexOf(end)))
        .as("%s is stale: run the tests with -Dbreakwater.docs.write=true", PAGE)
        .isEqualTo(usage(command));
  }

  @Test
  void page_namesEveryCommandInTheOverview() throws IOException {
    String page = Files.readString(PAGE);
    String overview = page.substring(0, page.indexOf("\n## "));
    assertThat(commands()).allSatisfy(name -> assertThat(overview).contains("`" + name + "`"));
  }

  private static String usage(String command) {
    CommandLine found = BreakwaterWal.commandLine(null).getSubcommands().get(command);
    String usage = found.getUsageMessage(CommandLine.Help.Ansi.OFF);
    return "```\n"
        + usage.lines().map(String::stripTrailing).reduce("", (a, b) -> a + b + "\n")
        + "```\n";
  }
}
