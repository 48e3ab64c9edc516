package io.breakwater.iceberg.plan;

import static io.breakwater.results.Figures.number;

import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.List;
import java.util.Map;

/** What {@link PlanningBars} found. */
public final class PlanningSection implements Section {

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("planning.json");
    Rows runs = measured.rows("runs");
    List<String> contenders = runs.values("contender");
    double scan = runs.where("contender", contenders.get(0)).median("millis");
    MarkdownTable table =
        new MarkdownTable("", "ms", "least to most", "beside Iceberg's plan", "peak heap, MiB");
    for (String contender : contenders) {
      Rows its = runs.where("contender", contender);
      table.row(
          contender,
          number(its.median("millis"), 0),
          number(its.least("millis"), 0) + " to " + number(its.most("millis"), 0),
          number(its.median("millis") / scan, 1),
          number(its.most("peak_heap_mib"), 0));
    }
    return Prose.of(
        PlanningBars.class,
        Map.of(
            "run", measured.conditions(),
            "table", table.toString(),
            "files", number(measured.at("/data_files"), 0),
            "vectors", number(measured.at("/deletion_vectors"), 0),
            "heap", number(measured.at("/max_heap_mib"), 0)));
  }
}
