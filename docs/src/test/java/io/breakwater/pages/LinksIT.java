package io.breakwater.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link from a page to a file of the repository leads to that file, and to that heading. */
class LinksIT {

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("."))) {
      List<Path> pages =
          docs.filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !file.startsWith("./target") && !file.startsWith("./src"))
              .sorted()
              .toList();
      return Stream.concat(Stream.of(Path.of("..", "README.md")), pages.stream());
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLink_leadsToAFileAndAHeading(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    List<String> links = LINK.matcher(text).results().map(found -> found.group(1)).toList();

    assertThat(links)
        .filteredOn(link -> !ELSEWHERE.matcher(link).matches())
        .allSatisfy(
            link -> {
              int hash = link.indexOf('#');
              String name = hash < 0 ? link : link.substring(0, hash);
              Path target = name.isEmpty() ? page : page.resolveSibling(name).normalize();
              assertThat(target).as(link).exists();
              if (hash >= 0) {
                assertThat(anchors(target)).as(link).contains(link.substring(hash + 1));
              }
            });
  }

  /** As GitHub makes them from headings, and those that a page has of its own. */
  private static Set<String> anchors(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    return Stream.concat(
            HEADING.matcher(text).results().map(found -> slug(found.group(1))),
            ANCHOR.matcher(text).results().map((MatchResult found) -> found.group(1)))
        .collect(Collectors.toSet());
  }

  private static String slug(String heading) {
    return heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }
}
