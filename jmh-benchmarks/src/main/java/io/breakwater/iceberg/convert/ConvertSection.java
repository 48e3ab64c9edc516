package io.breakwater.iceberg.convert;

import static io.breakwater.results.Figures.number;

import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.List;
import java.util.Map;

/** What {@link ConvertBars} found. */
public final class ConvertSection implements Section {

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("convert.json");
    Rows runs = measured.rows("runs");
    MarkdownTable table =
        new MarkdownTable(
            "equality deletes",
            "`convert_equality_deletes`, s",
            "least to most",
            "`rewrite_data_files`, s",
            "least to most",
            "ours / it",
            "bar",
            "bytes written, ours",
            "it",
            "ours / it",
            "bar");
    List<String> sizes = runs.values("equality_deletes");
    for (String deletes : sizes) {
      Rows all = runs.where("equality_deletes", deletes);
      Rows ours = all.where("way", "convert_equality_deletes");
      Rows its = all.where("way", "rewrite_data_files");
      double time = ours.median("millis") / its.median("millis");
      double bytes = ours.median("bytes_written") / its.median("bytes_written");
      boolean rival = !its.all().isEmpty();
      table.row(
          number(Double.parseDouble(deletes), 0),
          number(ours.median("millis") / 1e3, 1),
          range(ours),
          rival ? number(its.median("millis") / 1e3, 1) : "not run",
          rival ? range(its) : "",
          number(time, 2),
          rival ? Figures.atMost(time, 0.4) : "",
          number(ours.median("bytes_written"), 0),
          number(its.median("bytes_written"), 0),
          number(bytes, 4),
          rival ? Figures.atMost(bytes, 0.05) : "");
    }
    StringBuilder growth = new StringBuilder();
    for (int i = 1; i < sizes.size(); i++) {
      growth
          .append(i > 1 ? " and " : "")
          .append(number(time(runs, sizes.get(i)) / time(runs, sizes.get(i - 1)), 1));
    }
    return Prose.of(
        ConvertBars.class,
        Map.of(
            "run", measured.conditions(),
            "table", table.toString(),
            "rows", number(runs.median("rows"), 0),
            "growth", growth.toString()));
  }

  private static double time(Rows runs, String deletes) {
    return runs.where("equality_deletes", deletes)
        .where("way", "convert_equality_deletes")
        .median("millis");
  }

  private static String range(Rows rows) {
    return number(rows.least("millis") / 1e3, 1) + " to " + number(rows.most("millis") / 1e3, 1);
  }
}
