package io.breakwater.iceberg.procedure;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.plan.Option;
import io.breakwater.iceberg.verify.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The tables in {@code docs/iceberg-maintenance.md} are what the code declares. Run with {@code
 * -Dbreakwater.docs.write=true} to write them anew.
 */
class ReferencePageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", "."), "..", "docs", "iceberg-maintenance.md");

  @Test
  void overview_isNotStale() throws IOException {
    assertSection("procedures", overview());
  }

  @Test
  void reference_isNotStale() throws IOException {
    assertSection("generated", reference());
  }

  private static void assertSection(String name, String content) throws IOException {
    String begin = "<!-- " + name + ":begin -->\n";
    String end = "<!-- " + name + ":end -->";
    String page = Files.readString(PAGE);
    int from = page.indexOf(begin) + begin.length();
    if (Boolean.getBoolean("breakwater.docs.write")) {
      page = page.substring(0, from) + content + page.substring(page.indexOf(end));
      Files.writeString(PAGE, page);
    }
    assertThat(page.substring(from, page.indexOf(end)))
        .as("%s is stale, write it with -Dbreakwater.docs.write=true", PAGE)
        .isEqualTo(content);
  }

  private static String overview() {
    StringBuilder table = new StringBuilder("| You want to | Call |\n|---|---|\n");
    for (String name : Procedures.names()) {
      Declaration<?> procedure = Procedures.load(name, null, null).declaration();
      table.append("| %s | [`%s`](#%s) |\n".formatted(procedure.goal(), name, name));
    }
    return table.toString();
  }

  private static String reference() {
    StringBuilder page = new StringBuilder();
    for (String name : Procedures.names()) {
      Declaration<?> procedure = Procedures.load(name, null, null).declaration();
      page.append("\n### `%s`\n\n%s\n".formatted(name, procedure.description()));
      page.append("\n| Argument | Type | Required | Default | Meaning |\n|---|---|---|---|---|\n");
      for (Argument argument : procedure.arguments()) {
        page.append(
            "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                    argument.name(),
                    argument.type().sql().toLowerCase(java.util.Locale.ROOT),
                    argument.required() ? "yes" : "no",
                    argument.required() ? "" : "`" + argument.defaultText() + "`",
                    argument.doc()));
      }
      if (!procedure.options().isEmpty()) {
        options(page, procedure.options());
      }
      page.append("\n| Output column | Type | Meaning |\n|---|---|---|\n");
      for (Column<?> column : procedure.columns()) {
        page.append(
            "| `%s` | %s | %s |\n"
                .formatted(
                    column.name(),
                    column.type().sql().toLowerCase(java.util.Locale.ROOT),
                    column.doc()));
      }
      if (name.equals(VerifyDeletionVectorsProcedure.NAME)) {
        codes(page);
      }
    }
    return page.append('\n').toString();
  }

  private static void codes(StringBuilder page) {
    page.append("\n| Code | Severity | Meaning | Remedy |\n|---|---|---|---|\n");
    for (Code code : Code.values()) {
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(code, code.severity(), code.meaning(), code.remedy()));
    }
  }

  private static void options(StringBuilder page, List<Option<?>> options) {
    page.append("\n| Option | Type | Default | Must be | Meaning |\n|---|---|---|---|---|\n");
    for (Option<?> option : options) {
      page.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  option.name(),
                  option.type(),
                  option.defaultText(),
                  option.bound(),
                  option.doc()));
    }
  }
}
