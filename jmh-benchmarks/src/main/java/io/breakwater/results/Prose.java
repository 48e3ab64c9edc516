package io.breakwater.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a section: a resource beside the benchmark, named as it, {@code .md}. Every figure
 * in it is a name in double braces, which the results fill in.
 */
public final class Prose {

  private static final Pattern NAME = Pattern.compile("\\{\\{([^{}]+)\\}\\}");

  private Prose() {}

  /**
   * The words about {@code benchmark}, filled in.
   *
   * @throws IllegalArgumentException if a name has no figure, or there are no words
   */
  public static String of(Class<?> benchmark, Map<String, String> figures) {
    String resource = benchmark.getSimpleName() + ".md";
    try (InputStream stream = benchmark.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalArgumentException(
            "Cannot publish " + benchmark.getName() + ": there is no " + resource + " beside it");
      }
      return fill(resource, new String(stream.readAllBytes(), UTF_8), figures);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
  }

  static String fill(String resource, String words, Map<String, String> figures) {
    Matcher names = NAME.matcher(words);
    StringBuilder filled = new StringBuilder();
    while (names.find()) {
      String figure = figures.get(names.group(1));
      if (figure == null) {
        throw new IllegalArgumentException(
            "Cannot publish %s: there is no figure %s, only %s"
                .formatted(resource, names.group(1), figures.keySet()));
      }
      names.appendReplacement(filled, Matcher.quoteReplacement(figure));
    }
    return names.appendTail(filled).toString().strip();
  }
}
