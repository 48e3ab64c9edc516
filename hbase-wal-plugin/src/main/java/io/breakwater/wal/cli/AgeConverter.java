package io.breakwater.wal.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An age such as {@code 30d}, {@code 12h}, {@code 90m} or {@code 45s}. */
final class AgeConverter implements ITypeConverter<Duration> {

  private static final Pattern AGE = Pattern.compile("(\\d{1,6})([dhms])");

  @Override
  public Duration convert(String text) {
    Matcher age = AGE.matcher(text);
    if (!age.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not an age, must be a number with d, h, m or s, such as 30d");
    }
    long n = Long.parseLong(age.group(1));
    return switch (age.group(2)) {
      case "d" -> Duration.ofDays(n);
      case "h" -> Duration.ofHours(n);
      case "m" -> Duration.ofMinutes(n);
      default -> Duration.ofSeconds(n);
    };
  }
}
