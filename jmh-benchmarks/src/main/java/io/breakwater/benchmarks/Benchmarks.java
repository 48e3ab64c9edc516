package io.breakwater.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code java -jar benchmarks.jar} starts. The first word chooses; what is none of ours goes
 * to JMH as it is.
 */
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    String first = words.isEmpty() ? "" : words.get(0);
    Optional<Macro> macro = Macro.named(first);
    if (macro.isPresent()) {
      results(words);
      System.exit(ProgramProcess.run(macro.get(), words.subList(1, words.size())));
    }
    switch (first) {
      case "--help" -> System.out.print(help());
      case "page" -> page(words);
      default -> System.exit(ProgramProcess.runJmh(words));
    }
  }

  private static void page(List<String> words) throws IOException {
    if (words.size() != 3) {
      throw new IllegalArgumentException("Missing directory, must be: page RESULTS DOCS");
    }
    BenchmarksPage.write(results(words), Path.of(words.get(2)));
  }

  /** The second word. */
  static Path results(List<String> words) {
    if (words.size() < 2) {
      throw new IllegalArgumentException(
          "Missing directory of results, must be: " + words.get(0) + " RESULTS");
    }
    return Path.of(words.get(1));
  }

  static String help() {
    StringBuilder help = new StringBuilder("java [-Dbars...] -jar benchmarks.jar ...\n\n");
    line(help, "(nothing), PATTERN...", "JMH's benchmarks; -h shows its options, -l lists them");
    line(help, "jmh RESULTS [JMH...]", "the same with allocation, written to RESULTS/jmh");
    line(help, "--quick RESULTS", "each of them once and small, to see that they run");
    for (Macro macro : Macro.values()) {
      line(help, macro.word() + " RESULTS", macro.subject());
    }
    line(help, "page RESULTS DOCS", "writes DOCS/benchmarks.md and its charts from RESULTS");
    return help.toString();
  }

  private static void line(StringBuilder help, String words, String meaning) {
    help.append(String.format(Locale.ROOT, "  %-24s %s%n", words, meaning));
  }
}
