package io.breakwater.lineage;

import io.breakwater.lineage.naming.Template;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.apache.spark.network.util.JavaUtils;

/** The types of configuration values: each gives nothing for a text that is out of its bounds. */
final class ConfigTypes {

  private ConfigTypes() {}

  static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  static Optional<Optional<Duration>> running(String text) {
    return switch (text) {
      case "all" -> Optional.of(Optional.of(Duration.ZERO));
      case "none" -> Optional.of(Optional.empty());
      default ->
          duration(Duration.ofMillis(1), Duration.ofDays(1))
              .apply(text)
              .flatMap(apart -> Optional.of(Optional.of(apart)));
    };
  }

  static Optional<Optional<Pattern>> pattern(String text) {
    if (text.equals("none")) {
      return Optional.of(Optional.empty());
    }
    try {
      return Optional.of(Optional.of(Pattern.compile(text)));
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  static Optional<Path> absolutePath(String text) {
    String expanded =
        text.replace("${java.io.tmpdir}", System.getProperty("java.io.tmpdir"))
            .replace("${user.name}", System.getProperty("user.name"));
    try {
      return Optional.of(Path.of(expanded)).filter(Path::isAbsolute).map(Path::normalize);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  static Function<String, Optional<Optional<Template>>> template(Set<String> placeholders) {
    return text -> {
      if (text.equals("none")) {
        return Optional.of(Optional.empty());
      }
      Optional<Template> template = Template.parse(text, placeholders);
      return template.isPresent() ? Optional.of(template) : Optional.empty();
    };
  }

  /** The placeholders as one writes them, in order. */
  static String placeholders(Set<String> names) {
    return names.stream().sorted().map(name -> "${" + name + "}").collect(Collectors.joining(", "));
  }

  static Function<String, Optional<Integer>> integer(int min, int max) {
    return text -> {
      try {
        return Optional.of(Integer.parseInt(text)).filter(value -> value >= min && value <= max);
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    };
  }

  static Optional<Optional<URI>> hadoopPath(String text) {
    if (text.equals("none")) {
      return Optional.of(Optional.empty());
    }
    try {
      URI uri = new org.apache.hadoop.fs.Path(text).toUri();
      // A user in the authority would be shown in the log.
      boolean good =
          uri.getScheme() != null && uri.getUserInfo() == null && uri.getPath().startsWith("/");
      return good ? Optional.of(Optional.of(uri)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static Function<String, Optional<Long>> bytes(long min, long max) {
    return text -> {
      try {
        return Optional.of(JavaUtils.byteStringAsBytes(text))
            .filter(bytes -> bytes >= min && bytes <= max);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    };
  }

  static Function<String, Optional<Duration>> duration(Duration min, Duration max) {
    return text -> {
      try {
        return Optional.of(Duration.ofMillis(JavaUtils.timeStringAsMs(text)))
            .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    };
  }
}
