package io.breakwater.lineage.naming;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text with placeholders such as <code>${appName}</code>.
 *
 * @param text the text, all of whose placeholders are known
 */
public record Template(String text) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^{}]*)}");

  /** What stands for a placeholder that has no value here. */
  private static final String NO_VALUE = "none";

  /** The template {@code text}; nothing if it has a placeholder that is not {@code known}. */
  public static Optional<Template> parse(String text, Set<String> known) {
    Set<String> used =
        PLACEHOLDER.matcher(text).results().map(r -> r.group(1)).collect(Collectors.toSet());
    String rest = PLACEHOLDER.matcher(text).replaceAll("");
    boolean good = !text.isBlank() && known.containsAll(used) && !rest.contains("${");
    return good ? Optional.of(new Template(text)) : Optional.empty();
  }

  /** Whether the placeholder {@code name} is there. */
  public boolean uses(String name) {
    return text.contains("${" + name + "}");
  }

  /** The text with {@code values} for the placeholders. */
  String fill(Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), NO_VALUE)));
  }
}
