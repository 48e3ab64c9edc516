package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The usage of each command in the documentation is the one that the command prints. */
class UsagePageTest {

  private static final Path PAGE = Path.of("..", "docs", "breakwater-wal.md");

  /** Up to the end of the first sentence, or to what explains it. */
  private static final Pattern FIRST_PHRASE = Pattern.compile("^.+?(?=: |\\.( |$))");

  static Stream<String> commands() {
    return BreakwaterWal.commandLine(null).getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void page_hasTheUsageOfTheCommand(String command) throws IOException {
    assertThat(Files.readString(PAGE)).contains("## " + command + "\n");
    assertSection("usage of " + command, usage(command));
  }

  @Test
  void page_hasAnOverviewOfTheCommands() throws IOException {
    assertSection("commands", overview());
  }

  private static void assertSection(String name, String content) throws IOException {
    String begin = "<!-- " + name + ":begin -->\n";
    String end = "<!-- " + name + ":end -->";
    String page = Files.readString(PAGE);
    assertThat(page).contains(begin).contains(end);
    int from = page.indexOf(begin) + begin.length();
    if (Boolean.getBoolean("breakwater.docs.write")) {
      page = page.substring(0, from) + content + page.substring(page.indexOf(end));
      Files.writeString(PAGE, page);
    }
    assertThat(page.substring(from, page.indexOf(end)))
        .as("%s is stale: run the tests with -Dbreakwater.docs.write=true", PAGE)
        .isEqualTo(content);
  }

  private static String overview() {
    StringBuilder table = new StringBuilder("| Command | What it does |\n|---|---|\n");
    BreakwaterWal.commandLine(null)
        .getSubcommands()
        .forEach(
            (name, command) -> {
              String[] description = command.getCommandSpec().usageMessage().description();
              Matcher phrase = FIRST_PHRASE.matcher(description[0]);
              assertThat(phrase.find()).as("description of %s", name).isTrue();
              table.append("| [`%s`](#%s) | %s |\n".formatted(name, name, phrase.group()));
            });
    return table.toString();
  }

  private static String usage(String command) {
    CommandLine found = BreakwaterWal.commandLine(null).getSubcommands().get(command);
    String usage = found.getUsageMessage(CommandLine.Help.Ansi.OFF);
    return "```\n"
        + usage.lines().map(String::stripTrailing).reduce("", (a, b) -> a + b + "\n")
        + "```\n";
  }
}
