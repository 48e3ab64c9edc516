package io.breakwater.iceberg.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One key of an {@code options} map: the only place where its name, type, default, bound and
 * meaning are said.
 *
 * @param name the key
 * @param type what the value is, for people
 * @param defaultText what counts if the key is not given, for people
 * @param bound what a value must be, completing "Invalid key: value, must be ..."
 * @param parser the value of a text, or nothing if the text is out of bounds
 * @param doc what the key does
 */
public record Option<T>(
    String name,
    String type,
    String defaultText,
    String bound,
    Function<String, Optional<T>> parser,
    String doc) {

  /** A whole number from {@code min} to {@code max}. */
  public static Option<Long> ofLong(
      String name, String defaultText, long min, long max, String doc) {
    return new Option<>(
        name,
        "long",
        defaultText,
        "a whole number from %d to %d".formatted(min, max),
        text -> parseLong(text).filter(value -> value >= min && value <= max),
        doc);
  }

  /** A number from 0 to 1. */
  public static Option<Double> ofRatio(String name, String defaultText, String doc) {
    return new Option<>(
        name,
        "double",
        defaultText,
        "a number from 0 to 1",
        text -> parseDouble(text).filter(value -> value >= 0 && value <= 1),
        doc);
  }

  /** {@code true} or {@code false}. */
  public static Option<Boolean> ofBoolean(String name, String defaultText, String doc) {
    return new Option<>(name, "boolean", defaultText, "true or false", Option::parseBoolean, doc);
  }

  /**
   * Refuses an {@code options} map with keys that nobody reads.
   *
   * @throws IllegalArgumentException if a key is not in {@code declared}
   */
  public static void requireKnown(Map<String, String> options, List<Option<?>> declared) {
    List<String> names = declared.stream().map(Option::name).toList();
    TreeSet<String> unknown = new TreeSet<>(options.keySet());
    names.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use options %s: unknown, must be among %s".formatted(unknown, names));
    }
  }

  /** The value in {@code options}, or {@code fallback} if the key is not there. */
  public T read(Map<String, String> options, T fallback) {
    String text = options.get(name);
    if (text == null) {
      return fallback;
    }
    return parser
        .apply(text.trim())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Invalid %s: %s, must be %s".formatted(name, text, bound)));
  }

  private static Optional<Long> parseLong(String text) {
    try {
      return Optional.of(Long.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Double> parseDouble(String text) {
    try {
      return Optional.of(Double.valueOf(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Boolean> parseBoolean(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
