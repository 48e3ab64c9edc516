package io.breakwater.iceberg.changes;

import static io.breakwater.results.Figures.number;

import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Section;
import java.util.Map;

/** What {@link ChangeFeedBar} found. */
public final class ChangeFeedSection implements Section {

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("change-feed.json");
    Results.Measured large = results.read("change-feed-default-target.json");
    MarkdownTable table =
        new MarkdownTable(
            "",
            "rows",
            "seconds",
            "MB read",
            "of them data files",
            "manifests",
            "Puffin files",
            "bytes beside the join",
            "bar");
    row(table, measured, "every change", "/feed");
    row(table, measured, "net changes", "/net");
    row(table, measured, "join of both full snapshots", "/join");
    return Prose.of(
        ChangeFeedBar.class,
        Map.of(
            "run", measured.conditions(),
            "table", table.toString(),
            "rows", number(measured.at("/rows"), 0),
            "files", number(measured.at("/data_files"), 0),
            "commits", number(measured.at("/commits"), 0),
            "changes", number(measured.at("/changes_per_commit"), 0),
            "newest", number(measured.at("/changed_among_newest_rows"), 0),
            "feedRows", number(measured.at("/feed/rows"), 0),
            "large", number(large.at("/feed_bytes_to_join_bytes"), 2),
            "largeRun", large.circumstances()));
  }

  private static void row(MarkdownTable table, Results.Measured measured, String what, String at) {
    double beside = measured.at(at + "/bytes_read") / measured.at("/join/bytes_read");
    table.row(
        what,
        number(measured.at(at + "/rows"), 0),
        number(measured.at(at + "/seconds"), 1),
        megabytes(measured, at, "bytes_read"),
        megabytes(measured, at, "parquet_bytes_read"),
        megabytes(measured, at, "avro_bytes_read"),
        megabytes(measured, at, "puffin_bytes_read"),
        number(beside, 3),
        at.equals("/join") ? "" : Figures.atMost(beside, 0.1));
  }

  private static String megabytes(Results.Measured measured, String at, String field) {
    return number(measured.at(at + "/" + field) / 1e6, 1);
  }
}
