package io.breakwater.iceberg.dv;

import static io.breakwater.results.Figures.number;

import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Section;
import java.util.Locale;
import java.util.Map;

/** What {@link PublishedComparison} found. */
public final class PublishedComparisonSection implements Section {

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("published-comparison.json");
    MarkdownTable table = new MarkdownTable("", "version 2", "version 3", "change", "published");
    row(table, measured, "bytes of the delete file", "delete_file_bytes", "1,801 to 475, -74 %");
    row(table, measured, "time of the delete, ms", "delete_ms", "-55 %");
    row(table, measured, "full read, ms", "full_read_ms", "");
    row(table, measured, "filtered read, ms", "filtered_read_ms", "");
    return Prose.of(
        PublishedComparison.class,
        Map.of(
            "run", measured.conditions(),
            "table", table.toString(),
            "repeats", number(measured.at("/repeats"), 0)));
  }

  private static void row(
      MarkdownTable table,
      Results.Measured measured,
      String what,
      String figure,
      String published) {
    String at = "/medians/" + figure;
    table.row(
        what,
        number(measured.at(at + "/v2"), 0),
        number(measured.at(at + "/v3"), 0),
        String.format(Locale.ROOT, "%+.0f %%", measured.at(at + "/change_percent")),
        published);
  }
}
