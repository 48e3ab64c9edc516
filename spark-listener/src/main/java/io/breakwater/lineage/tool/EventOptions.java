package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which events a command reads, and how it prints what it says of them. */
final class EventOptions {

  @Parameters(
      arity = "1..*",
      paramLabel = "INPUT",
      description =
          "A file of OpenLineage events, one per line (.gz if compressed); a directory of such; or a"
              + " spool.")
  private List<Path> inputs;

  @Option(
      names = "--job",
      paramLabel = "PATTERN",
      description = {
        "Only jobs of this name; * stands for any characters, ? for one. With a colon the",
        "namespace is meant too: prod:daily_*. May be given several times."
      })
  private List<String> jobs = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private List<Pattern> patterns;

  /** The inputs as the user named them. */
  List<Path> inputs() {
    return inputs;
  }

  /** The inputs, from their beginning. */
  List<EventInput> open() throws IOException {
    List<EventInput> opened = new ArrayList<>();
    for (Path input : inputs) {
      opened.add(EventInput.of(input));
    }
    return opened;
  }

  boolean json() {
    return json;
  }

  boolean accepts(JsonNode event) {
    if (jobs.isEmpty()) {
      return true;
    }
    if (patterns == null) {
      patterns = jobs.stream().map(EventOptions::pattern).toList();
    }
    String name = event.path("job").path("name").asText();
    String full = event.path("job").path("namespace").asText() + ":" + name;
    return patterns.stream()
        .anyMatch(pattern -> pattern.matcher(name).matches() || pattern.matcher(full).matches());
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
