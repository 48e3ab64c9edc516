package io.breakwater.install;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of README.md that says which lines of configuration to append. Immutable. */
public final class InstallDocumentation {

  private static final Pattern ALTERNATIVE = Pattern.compile("`([a-z.]+)` = `([^`]+)`");

  private final String readme;

  InstallDocumentation(String readme) {
    this.readme = readme;
  }

  /** The lines below {@code **host**}, as they are written there. */
  public String lines(String host) {
    String section = section(host);
    int fence = section.indexOf("```\n");
    int end = section.indexOf("\n```", fence + 1);
    if (fence < 0 || end < 0) {
      throw new IllegalStateException("Cannot find the lines to append for " + host);
    }
    return section.substring(fence + 4, end + 1);
  }

  /** The properties among {@link #lines}, in their order. */
  public Map<String, String> properties(String host) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String line : lines(host).lines().toList()) {
      String[] words = line.trim().split("\\s+", 2);
      properties.put(words[0], words[1]);
    }
    return properties;
  }

  /** What is said to be set instead to try it, {@code `key` = `value`}, in that order. */
  public Map<String, String> alternative(String host) {
    Map<String, String> properties = new LinkedHashMap<>();
    Matcher pairs = ALTERNATIVE.matcher(section(host));
    while (pairs.find()) {
      properties.put(pairs.group(1), pairs.group(2));
    }
    return properties;
  }

  private String section(String host) {
    int start = readme.indexOf("\n**" + host + "**");
    if (start < 0) {
      throw new IllegalStateException("Cannot find **" + host + "** in README.md");
    }
    int end = readme.indexOf("\n**", start + host.length() + 5);
    int heading = readme.indexOf("\n## ", start);
    return readme.substring(start, end < 0 || heading < end ? heading : end);
  }
}
