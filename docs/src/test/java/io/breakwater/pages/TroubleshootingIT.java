package io.breakwater.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docs/troubleshooting.md} has the texts that the code makes: all of them, and no other. */
class TroubleshootingIT {

  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = Path.of("troubleshooting.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** With fewer letters than this, a text says nothing that one could look for. */
  private static final int RECOGNISABLE = 12;

  /** A program: the sections with its texts, and where its sources are. */
  record Program(List<String> sections, List<String> directories) {

    List<String> onThePage() throws IOException {
      Map<String, List<String>> page = page();
      return sections.stream().flatMap(section -> page.get(section).stream()).toList();
    }

    Wording wording() throws IOException {
      List<CodeText> texts = new ArrayList<>();
      for (String directory : directories) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(directory))) {
          files.filter(Files::isRegularFile).sorted().forEach(file -> texts.addAll(texts(file)));
        }
      }
      return new Wording(texts);
    }
  }

  private static final Program WAL =
      new Program(List.of("hbase-wal-plugin", "breakwater-wal"), List.of("hbase-wal-plugin/src"));

  static Stream<Program> programs() {
    return Stream.of(
        WAL,
        new Program(List.of("iceberg-maintenance"), List.of("iceberg-maintenance/src")),
        new Program(List.of("spark-listener", "breakwater-lineage"), List.of("spark-listener/src")),
        new Program(List.of("Scripts and Amazon EMR"), List.of("docs/bin", "docs/emr")));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void everyTextOnThePage_isOneThatTheCodeMakes(Program program) throws IOException {
    Wording wording = program.wording();

    assertThat(program.onThePage())
        .hasSizeGreaterThan(20)
        .as("the code of %s does not say this any more: correct %s", program, PAGE)
        .allMatch(wording::says);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void everyErrorAndWarningOfTheCode_isOnThePage(Program program) throws IOException {
    List<String> page = program.onThePage();
    Wording wording = program.wording();
    List<CodeText> wanted =
        wording.texts().stream()
            .filter(CodeText::mustBeOnThePage)
            .filter(text -> Wording.letters(text.text()) >= RECOGNISABLE)
            .toList();

    assertThat(wanted)
        .hasSizeGreaterThan(20)
        .as("%s does not say what this means and what to do", PAGE)
        .allMatch(text -> page.stream().anyMatch(entry -> covers(wording, entry, text.text())));
  }

  @Test
  void everyRow_saysWhatItMeansAndWhatToDo() throws IOException {
    assertThat(Files.readAllLines(PAGE))
        .filteredOn(line -> line.startsWith("| ") && !line.startsWith("| You see"))
        .allSatisfy(
            line -> {
              String[] cells = line.substring(2, line.length() - 2).split(" \\| ", -1);
              assertThat(cells).as(line).hasSize(3).noneMatch(String::isBlank);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cannot occupy workspace …: it belongs to …",
        "Cannot own workspace …: it is owned by …",
        "Cannot open workspace …: no bookie replies; …",
        "Ledger … of log … is abandoned: …"
      })
  void textThatIsSlightlyDifferent_isSeenToBeAnother(String text) throws IOException {
    assertThat(WAL.wording().says(text)).as(text).isFalse();
  }

  @Test
  void textOfTheCode_thatIsNotOnThePage_isFound() {
    String source = "throw new IOException(\"Cannot milk \" + cow + \": it is no cow\");";
    Wording wording = new Wording(JavaTexts.of("Cow.java", source));
    String text = "Cannot milk …: it is no cow";

    assertThat(wording.texts()).containsExactly(new CodeText("Cow.java", text, true));
    assertThat(covers(wording, "Cannot milk …", text)).isFalse();
    assertThat(covers(wording, text, text)).isTrue();
  }

  /** Most of the text must be there; of those that name a key, the beginning will do. */
  private static boolean covers(Wording wording, String entry, String text) {
    long shared = wording.shared(entry, text);
    boolean namesKey = text.matches("(Invalid|Missing|Unknown) .*");
    return shared >= (namesKey ? 0 : 0.6 * Math.min(Wording.letters(text), 80));
  }

  private static List<CodeText> texts(Path file) {
    String path = ROOT.relativize(file).toString();
    try {
      boolean test = path.contains("/src/test/") || path.contains("/target/");
      if (path.endsWith(".java") && !test) {
        return JavaTexts.of(file.getFileName().toString(), Files.readString(file));
      }
      boolean script = path.startsWith("docs/bin/") || path.matches(".*\\.(sh|yaml)");
      return script && !test
          ? ScriptTexts.of(file.getFileName().toString(), Files.readString(file))
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The texts in each section: in the first cells of its tables, and in its list of faults. */
  private static Map<String, List<String>> page() throws IOException {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    List<String> texts = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("## ")) {
        texts = new ArrayList<>();
        sections.put(line.substring(3), texts);
      }
      boolean row = line.startsWith("| ") && !line.startsWith("| You see");
      if (row || line.startsWith("Report these")) {
        Matcher codes = CODE.matcher(row ? line.substring(2, line.indexOf(" | ", 2)) : line);
        while (codes.find()) {
          texts.add(Wording.normal(codes.group(1)));
        }
      }
    }
    return sections;
  }
}
