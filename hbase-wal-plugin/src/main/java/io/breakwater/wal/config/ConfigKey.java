package io.breakwater.wal.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.StringUtils.TraditionalBinaryPrefix;

/**
 * One configuration key: the only place where its name, type, default, bound and meaning are said.
 *
 * @param name the full name of the property
 * @param engine the engine that the key belongs to, and without which it is neither read nor
 *     required; null if it always counts
 * @param type what the value is, for people
 * @param defaultValue the text that counts if the property is not set; null if it must be set
 * @param bound what a value must be, completing "Invalid name: value, must be ..."
 * @param parser the value of a text, or nothing if the text is out of bounds
 * @param doc what the key does and when to change it
 */
public record ConfigKey<T>(
    String name,
    String engine,
    String type,
    String defaultValue,
    String bound,
    Function<String, Optional<T>> parser,
    String doc) {

  static ConfigKey<Boolean> flag(String name, String engine, String defaultValue, String doc) {
    return new ConfigKey<>(
        name,
        engine,
        "boolean",
        defaultValue,
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        doc);
  }

  /** Bytes with an optional suffix k, m or g, from {@code least} to {@code most} as written. */
  static ConfigKey<Long> bytes(
      String name, String engine, String defaultValue, String least, String most, String doc) {
    long min = TraditionalBinaryPrefix.string2long(least);
    long max = TraditionalBinaryPrefix.string2long(most);
    return new ConfigKey<>(
        name,
        engine,
        "bytes, with k, m or g",
        defaultValue,
        "from " + least + " to " + most,
        text -> {
          try {
            return Optional.of(TraditionalBinaryPrefix.string2long(text))
                .filter(bytes -> bytes >= min && bytes <= max);
          } catch (IllegalArgumentException e) {
            return Optional.empty();
          }
        },
        doc);
  }

  static ConfigKey<Integer> integer(
      String name, String engine, String defaultValue, int least, int most, String doc) {
    return new ConfigKey<>(
        name,
        engine,
        "number",
        defaultValue,
        "from " + least + " to " + most,
        text -> {
          try {
            return Optional.of(Integer.valueOf(text)).filter(n -> n >= least && n <= most);
          } catch (NumberFormatException e) {
            return Optional.empty();
          }
        },
        doc);
  }

  /** A time with its unit, such as {@code 500ms}, {@code 30s}, {@code 10m}, {@code 1h}. */
  static ConfigKey<Duration> time(
      String name, String engine, String defaultValue, String least, String most, String doc) {
    Duration min = duration(least).orElseThrow();
    Duration max = duration(most).orElseThrow();
    return new ConfigKey<>(
        name,
        engine,
        "time, with ms, s, m, h or d",
        defaultValue,
        "from " + least + " to " + most,
        text -> duration(text).filter(time -> time.compareTo(min) >= 0 && time.compareTo(max) <= 0),
        doc);
  }

  static ConfigKey<Path> absolutePath(
      String name, String engine, String defaultValue, String bound, String doc) {
    return new ConfigKey<>(
        name,
        engine,
        "path",
        defaultValue,
        bound,
        text -> {
          try {
            return Optional.of(Path.of(text)).filter(Path::isAbsolute).map(Path::normalize);
          } catch (InvalidPathException e) {
            return Optional.empty();
          }
        },
        doc);
  }

  /** Any text that {@code good} takes. */
  static ConfigKey<String> text(
      String name,
      String engine,
      String type,
      String defaultValue,
      String bound,
      Predicate<String> good,
      String doc) {
    return new ConfigKey<>(
        name, engine, type, defaultValue, bound, text -> Optional.of(text).filter(good), doc);
  }

  private static Optional<Duration> duration(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < lower.length() && Character.isDigit(lower.charAt(digits))) {
      digits++;
    }
    try {
      long count = Long.parseLong(lower.substring(0, digits));
      TimeUnit unit =
          switch (lower.substring(digits).strip()) {
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            case "h" -> TimeUnit.HOURS;
            case "d" -> TimeUnit.DAYS;
            default -> null;
          };
      return unit == null ? Optional.empty() : Optional.of(Duration.of(count, unit.toChronoUnit()));
    } catch (NumberFormatException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** The value in {@code conf}; null, and a line more in {@code problems}, if it is not good. */
  T read(Configuration conf, List<String> problems) {
    String text = conf.getTrimmed(name, defaultValue);
    if (text == null || (text.isEmpty() && !"".equals(defaultValue))) {
      problems.add("Missing " + name + ": must be " + bound);
      return null;
    }
    Optional<T> value = parser.apply(text);
    if (value.isEmpty()) {
      problems.add("Invalid " + name + ": " + text + ", must be " + bound);
    }
    return value.orElse(null);
  }
}
