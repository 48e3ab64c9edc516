package io.breakwater.lineage;

import static io.breakwater.results.Figures.number;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.results.BarChart;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@link ListenerBars} found. Ratios are those to the run without a listener of one repeat.
 */
public final class ListenerSection implements Section {

  private static final String CHART = "listener-small-writes.svg";
  private static final String NONE = "NONE";
  private static final String OURS = "BREAKWATER";
  private static final String STOCK = "OPENLINEAGE";
  private static final String STOCK_FILE = "OPENLINEAGE_FILE";

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("listener.json");
    Rows runs = measured.rows("runs");
    Map<String, String> figures = new HashMap<>();
    figures.put("run", measured.conditions());
    figures.put("writes", number(measured.at("/writes"), 0));
    figures.put("limit", number(measured.at("/limit_seconds"), 0));
    figures.put("repeats", number(runs.most("repeat"), 0));
    figures.put("cost", cost(runs).toString());
    figures.put("events", events(runs).toString());
    figures.put("thread", thread(runs));
    figures.put("chart", CHART);
    return Prose.of(ListenerBars.class, figures);
  }

  @Override
  public Map<String, String> charts(Results results) {
    Rows runs = results.read("listener.json").rows("runs");
    BarChart chart =
        new BarChart(
            "Wall time of the writes beside a run without a listener, median",
            List.of("ours", "stock"));
    for (String backend : backends()) {
      chart.group(
          backend.toLowerCase(Locale.ROOT),
          ratios(runs, of(runs, OURS, backend), "loop_millis")[0],
          ratios(runs, of(runs, STOCK, backend), "loop_millis")[0]);
    }
    return Map.of(CHART, chart.draw());
  }

  private static List<String> backends() {
    return Arrays.stream(LineageBackend.State.values()).map(Enum::name).toList();
  }

  private static Rows of(Rows runs, String contender, String backend) {
    return runs.where("contender", contender).where("backend", backend);
  }

  private static MarkdownTable cost(Rows runs) {
    MarkdownTable table =
        new MarkdownTable(
            "backend",
            "listener",
            "wall / none",
            "bar",
            "processor / none",
            "bar",
            "p99 of the listener thread, ms",
            "`spark.stop()`, ms");
    row(table, runs, "none", "none", runs.where("contender", NONE));
    for (String backend : backends()) {
      String name = backend.toLowerCase(Locale.ROOT);
      row(table, runs, name, "ours", of(runs, OURS, backend));
      row(table, runs, name, "stock", of(runs, STOCK, backend));
    }
    row(table, runs, "a file", "stock", runs.where("contender", STOCK_FILE));
    return table;
  }

  private static void row(
      MarkdownTable table, Rows runs, String backend, String listener, Rows its) {
    if (its.all().isEmpty()) {
      return;
    }
    double[] wall = ratios(runs, its, "loop_millis");
    double[] processor = ratios(runs, its, "loop_cpu_millis");
    boolean ours = listener.equals("ours") && Double.isFinite(wall[0]);
    table.row(
        backend,
        listener,
        listener.equals("none") ? "1" : spread(wall, 2),
        ours ? Figures.atMost(wall[0], 1.05) : "",
        listener.equals("none") ? "1" : spread(processor, 2),
        ours ? Figures.atMost(processor[0], 1.1) : "",
        listener.equals("none") ? "" : spread(its, "listener_p99_micros", 1e3, 1),
        spread(its, "stop_millis", 1, 0));
  }

  private static MarkdownTable events(Rows runs) {
    MarkdownTable table =
        new MarkdownTable(
            "backend",
            "listener",
            "drivers that ended in time",
            "events delivered",
            "delivered or on disk",
            "runs of the job",
            "without START",
            "without end");
    for (String backend : backends()) {
      String name = backend.toLowerCase(Locale.ROOT);
      eventsRow(table, name, "ours", of(runs, OURS, backend));
      eventsRow(table, name, "stock", of(runs, STOCK, backend));
    }
    eventsRow(table, "a file", "stock", runs.where("contender", STOCK_FILE));
    return table;
  }

  private static void eventsRow(MarkdownTable table, String backend, String listener, Rows its) {
    if (its.all().isEmpty()) {
      return;
    }
    table.row(
        backend,
        listener,
        "%d of %d".formatted(its.where("ended", true).all().size(), its.all().size()),
        spread(its, "delivered_events", 1, 0),
        spread(its, "durable_events", 1, 0),
        spread(its, "durable_runs", 1, 0),
        spread(its, "durable_runs_without_start", 1, 0),
        spread(its, "durable_runs_without_end", 1, 0));
  }

  private static String thread(Rows runs) {
    double ours = runs.where("contender", OURS).median("listener_p99_micros");
    double file = runs.where("contender", STOCK_FILE).median("listener_p99_micros");
    return "%s ms beside %s ms, %s (%s)"
        .formatted(
            number(ours / 1e3, 1),
            number(file / 1e3, 1),
            number(ours / file, 2),
            Figures.atMost(ours / file, 0.5));
  }

  /** Median, least and most of the ratios to the run without a listener of the same repeat. */
  private static double[] ratios(Rows runs, Rows its, String field) {
    Rows none = runs.where("contender", NONE);
    double[] ratios =
        its.all().stream()
            .filter(row -> row.has(field))
            .mapToDouble(
                row -> row.path(field).asDouble() / none.where("repeat", repeat(row)).median(field))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return ratios.length == 0
        ? new double[] {Double.NaN, Double.NaN, Double.NaN}
        : new double[] {Rows.median(ratios), ratios[0], ratios[ratios.length - 1]};
  }

  private static String repeat(JsonNode row) {
    return row.path("repeat").asText();
  }

  private static String spread(Rows its, String field, double unit, int digits) {
    return spread(
        new double[] {its.median(field) / unit, its.least(field) / unit, its.most(field) / unit},
        digits);
  }

  private static String spread(double[] medianLeastMost, int digits) {
    String median = number(medianLeastMost[0], digits);
    String least = number(medianLeastMost[1], digits);
    String most = number(medianLeastMost[2], digits);
    return least.equals(most) ? median : "%s (%s to %s)".formatted(median, least, most);
  }
}
