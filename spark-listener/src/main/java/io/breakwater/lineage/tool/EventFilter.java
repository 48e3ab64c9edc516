package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The events that a command is asked for. */
final class EventFilter {

  @Option(
      names = "--job",
      paramLabel = "PATTERN",
      description = {
        "Only jobs of this name; * stands for any characters, ? for one. With a colon the",
        "namespace is meant too: prod:daily_*. May be given several times."
      })
  private List<String> jobs = new ArrayList<>();

  private List<Pattern> patterns;

  boolean accepts(JsonNode event) {
    if (jobs.isEmpty()) {
      return true;
    }
    if (patterns == null) {
      patterns = jobs.stream().map(EventFilter::pattern).toList();
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
