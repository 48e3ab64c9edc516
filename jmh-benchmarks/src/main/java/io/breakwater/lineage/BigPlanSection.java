package io.breakwater.lineage;

import static io.breakwater.results.Figures.number;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@link BigPlanBars} found. Growth is over the run without a listener of one repeat. */
public final class BigPlanSection implements Section {

  private static final double MEBIBYTE = 1 << 20;
  private static final double BAR_MEBIBYTES = 64;

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("big-plans.json");
    Rows runs = measured.rows("runs");
    Map<String, String> figures = new HashMap<>();
    figures.put("run", measured.conditions());
    figures.put("writes", number(measured.at("/writes"), 0));
    figures.put("repeats", number(runs.most("repeat"), 0));
    figures.put("heap", heap(runs).toString());
    return Prose.of(BigPlanBars.class, figures);
  }

  private static MarkdownTable heap(Rows runs) {
    MarkdownTable table =
        new MarkdownTable(
            "plan",
            "listener",
            "live heap at its peak, MiB",
            "growth, MiB",
            "bar",
            "growth that stays, MiB",
            "events of the write",
            "the largest, KiB",
            "that name what they lack");
    for (BigPlan.Shape plan : BigPlan.Shape.values()) {
      Rows its = runs.where("plan", plan);
      Rows none = its.where("contender", "NONE");
      row(table, plan, "none", its.where("contender", "NONE"), none);
      row(table, plan, "ours", its.where("contender", "BREAKWATER"), none);
      row(table, plan, "stock", its.where("contender", "OPENLINEAGE"), none);
    }
    return table;
  }

  private static void row(
      MarkdownTable table, BigPlan.Shape plan, String listener, Rows its, Rows none) {
    boolean listens = !listener.equals("none");
    double[] growth = growth(its, none, "peak_bytes");
    table.row(
        plan.name().toLowerCase(Locale.ROOT),
        listener,
        number(its.median("peak_bytes") / MEBIBYTE, 0),
        listens ? spread(growth) : "",
        listener.equals("ours") ? Figures.atMost(Rows.median(growth), BAR_MEBIBYTES) : "",
        listens ? spread(growth(its, none, "after_bytes")) : "",
        listens ? number(its.median("events"), 0) : "",
        listens ? number(its.median("largest_event_bytes") / 1024, 0) : "",
        listens ? number(its.median("reduced_events"), 0) : "");
  }

  private static double[] growth(Rows its, Rows none, String field) {
    List<JsonNode> rows = its.all().stream().filter(row -> row.has(field)).toList();
    return rows.stream()
        .mapToDouble(
            row ->
                (row.path(field).asDouble()
                        - none.where("repeat", row.path("repeat").asText()).median(field))
                    / MEBIBYTE)
        .filter(Double::isFinite)
        .sorted()
        .toArray();
  }

  private static String spread(double[] sorted) {
    if (sorted.length == 0) {
      return "-";
    }
    String median = number(Rows.median(sorted), 0);
    String least = number(sorted[0], 0);
    String most = number(sorted[sorted.length - 1], 0);
    return least.equals(most) ? median : "%s (%s to %s)".formatted(median, least, most);
  }
}
