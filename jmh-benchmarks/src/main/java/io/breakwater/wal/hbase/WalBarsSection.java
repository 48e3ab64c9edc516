package io.breakwater.wal.hbase;

import static io.breakwater.results.Figures.number;

import io.breakwater.results.BarChart;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What {@link WalBars} found: each figure the median of its runs. */
public final class WalBarsSection implements Section {

  private static final String CHART = "wal-round-trip.svg";
  private static final String CLIENT = "processorMicrosPerRecord";
  private static final String SERVERS = "serversProcessorMicrosPerRecord";
  private static final List<Contender> CONTENDERS =
      List.of(
          Contender.BREAKWATER,
          Contender.ASYNC_FSYNC,
          Contender.ASYNC,
          Contender.FSHLOG_FSYNC,
          Contender.FSHLOG);

  private final String folder;

  /** {@code folder} is that of the results, with a slash behind it, or empty. */
  public WalBarsSection(String folder) {
    this.folder = folder;
  }

  @Override
  public String markdown(Results results) {
    Map<String, String> figures = new HashMap<>();
    for (String bar :
        List.of(
            "evaluation", "evaluation-12s", "round-trip", "load", "fencing", "heap", "restart")) {
      figures.put(bar + " run", results.read(folder + bar + ".json").conditions());
    }
    figures.put("evaluation", evaluation(rows(results, "evaluation")).toString());
    figures.put("evaluation-12s", evaluation(rows(results, "evaluation-12s")).toString());
    figures.put("round-trip", roundTrip(rows(results, "round-trip")).toString());
    figures.put("load", load(rows(results, "load")).toString());
    figures.put("fencing", fencing(rows(results, "fencing")).toString());
    figures.put("heap", heap(rows(results, "heap")).toString());
    figures.put("restart", restart(rows(results, "restart")).toString());
    figures.put("chart", CHART);
    return Prose.of(WalBars.class, figures);
  }

  @Override
  public Map<String, String> charts(Results results) {
    Rows runs = rows(results, "round-trip");
    BarChart chart =
        new BarChart(
            "Records a second at a round trip of 5 ms, 64 threads", List.of("one WAL", "20 WALs"));
    for (Contender one : roundTripContenders()) {
      chart.group(one.name(), rate(runs, one), rate(runs, one.grouped(20)));
    }
    return Map.of(CHART, chart.draw());
  }

  /** The tables of those bars that are in {@code results}, without words. */
  String tables(Results results) {
    StringBuilder page = new StringBuilder();
    Map<String, Function<Rows, MarkdownTable>> bars = new LinkedHashMap<>();
    bars.put("evaluation", this::evaluation);
    bars.put("round-trip", this::roundTrip);
    bars.put("load", this::load);
    bars.put("fencing", this::fencing);
    bars.put("heap", this::heap);
    bars.forEach(
        (bar, table) -> {
          if (results.has(folder + bar + ".json")) {
            page.append("### %s\n\n%s\n\n".formatted(bar, table.apply(rows(results, bar))));
          }
        });
    return page.toString();
  }

  private Rows rows(Results results, String bar) {
    return results.read(folder + bar + ".json").rows("rows");
  }

  private static Rows of(Rows runs, Contender contender) {
    return runs.where("contender", contender.name());
  }

  private static double rate(Rows runs, Contender contender) {
    return of(runs, contender).median("recordsPerSecond");
  }

  private MarkdownTable evaluation(Rows runs) {
    Rows many = runs.where("threads", 100);
    Rows one = runs.where("threads", 1);
    double rate = rate(many, Contender.BREAKWATER);
    double millis = of(one, Contender.BREAKWATER).median("averageMillis");
    MarkdownTable table =
        new MarkdownTable(
            "WAL",
            "100 threads, records/s",
            "ours / it",
            "bar",
            "1 thread, ms a record",
            "ours / it",
            "bar");
    for (Contender contender : CONTENDERS) {
      double itsRate = rate(many, contender);
      double itsMillis = of(one, contender).median("averageMillis");
      if (Double.isNaN(itsRate)) {
        continue;
      }
      boolean fsync = contender.equals(Contender.ASYNC_FSYNC);
      boolean hflush = contender.equals(Contender.ASYNC);
      table.row(
          contender.name(),
          number(itsRate, 0),
          number(rate / itsRate, 2),
          fsync || hflush ? Figures.atLeast(rate / itsRate, fsync ? 8 : 1) : "",
          number(itsMillis, 3),
          number(millis / itsMillis, 2),
          fsync ? Figures.atMost(millis / itsMillis, 1) : "");
    }
    return table;
  }

  private static List<Contender> roundTripContenders() {
    return List.of(Contender.BREAKWATER, Contender.ASYNC_FSYNC, Contender.ASYNC, Contender.FSHLOG);
  }

  private MarkdownTable roundTrip(Rows runs) {
    MarkdownTable table =
        new MarkdownTable(
            "WAL",
            "records/s",
            "one of ours / it",
            "bar",
            "average ms",
            "p50 ms",
            "p95 ms",
            "p99 ms");
    double rate = rate(runs, Contender.BREAKWATER);
    for (Contender one : roundTripContenders()) {
      for (Contender contender : List.of(one, one.grouped(20))) {
        Rows its = of(runs, contender);
        double ratio = rate / rate(runs, contender);
        table.row(
            contender.name(),
            number(rate(runs, contender), 0),
            number(ratio, 2),
            contender.ours() ? "" : Figures.atLeast(ratio, contender.equals(one) ? 2.2 : 1),
            number(its.median("averageMillis"), 2),
            number(its.median("p50Millis"), 2),
            number(its.median("p95Millis"), 2),
            number(its.median("p99Millis"), 2));
      }
    }
    return table;
  }

  private MarkdownTable load(Rows runs) {
    MarkdownTable table =
        new MarkdownTable(
            "WAL",
            "records/s",
            "µs a record, region server",
            "ours / it",
            "bar",
            "µs a record, with the servers of the log",
            "ours / it",
            "bar");
    Rows ours = of(runs, Contender.BREAKWATER);
    for (Contender contender : CONTENDERS) {
      Rows its = of(runs, contender);
      double client = ours.median(CLIENT) / its.median(CLIENT);
      double all = all(ours) / all(its);
      table.row(
          contender.name(),
          number(its.median("recordsPerSecond"), 0),
          number(its.median(CLIENT), 1),
          number(client, 2),
          contender.ours() ? "" : Figures.atMost(client, 0.7),
          number(all(its), 1),
          number(all, 2),
          contender.ours() ? "" : Figures.atMost(all, 0.7));
    }
    return table;
  }

  private static double all(Rows runs) {
    return runs.median(CLIENT) + runs.median(SERVERS);
  }

  private MarkdownTable fencing(Rows runs) {
    return new MarkdownTable(
            "bytes of the log, in ten ledgers", "until fenced and sealed, ms", "most", "bar")
        .row(
            number(runs.median("bytes"), 0),
            number(runs.median("recoveryMillis"), 0),
            number(runs.most("recoveryMillis"), 0),
            Figures.atMost(runs.most("recoveryMillis"), 1000));
  }

  private MarkdownTable heap(Rows runs) {
    return new MarkdownTable(
            "heap at most, MiB of 512",
            "longest wait of a writer, ms",
            "records of 256 KiB/s, the stall included")
        .row(
            number(runs.most("heapMebibytesAtMost"), 0),
            number(runs.most("longestMillis"), 0),
            number(runs.median("recordsPerSecond"), 0));
  }

  private MarkdownTable restart(Rows runs) {
    MarkdownTable table =
        new MarkdownTable(
            "`breakwater.wal.owner`",
            "rows found",
            "ours, s until served",
            "HBase's on the local disk",
            "ours / it",
            "bar");
    for (String owner : runs.values("owner")) {
      Rows ours = runs.where("owner", owner).where("contender", "Breakwater");
      Rows its = runs.where("owner", owner).where("contender", "local disk");
      double ratio = ours.median("servedSeconds") / its.median("servedSeconds");
      table.row(
          owner.equals("true") ? "set" : "not set",
          "%s of %s".formatted(number(ours.least("found"), 0), number(ours.most("rows"), 0)),
          number(ours.median("servedSeconds"), 1),
          number(its.median("servedSeconds"), 1),
          number(ratio, 1),
          Figures.atMost(ratio, 1.2));
    }
    return table;
  }
}
