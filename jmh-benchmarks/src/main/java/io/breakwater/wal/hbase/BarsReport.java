package io.breakwater.wal.hbase;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The results of {@link WalBars} as a page: each figure the median of its runs. */
final class BarsReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path results;
  private final StringBuilder page = new StringBuilder();

  private BarsReport(Path results) {
    this.results = results;
  }

  /** Writes the page of what is in {@code results} to {@code file}. */
  static void write(Path results, Path file) throws IOException {
    BarsReport report = new BarsReport(results);
    report.evaluation();
    report.roundTrip();
    report.load();
    report.fencing();
    report.heap();
    Files.writeString(file, report.page);
  }

  /** The runs of a bar; none if it was not run. */
  private record Runs(List<Map<String, Object>> rows) {
    Runs of(Contender contender) {
      return where(row -> contender.name().equals(row.get("contender")));
    }

    Runs threads(int threads) {
      return where(row -> ((Number) row.get("threads")).intValue() == threads);
    }

    private Runs where(Predicate<Map<String, Object>> condition) {
      return new Runs(rows.stream().filter(condition).toList());
    }

    double median(String key) {
      double[] values =
          rows.stream()
              .mapToDouble(row -> ((Number) row.get(key)).doubleValue())
              .sorted()
              .toArray();
      return values.length == 0 ? Double.NaN : values[values.length / 2];
    }
  }

  private Runs runs(String bar) throws IOException {
    Path file = results.resolve(bar + ".json");
    return new Runs(
        Files.exists(file)
            ? JSON.readValue(file.toFile(), new TypeReference<List<Map<String, Object>>>() {})
            : List.of());
  }

  private void evaluation() throws IOException {
    Runs runs = runs("evaluation");
    table(
        "WALPerformanceEvaluation",
        "WAL",
        "100 threads, records/s",
        "ours / it",
        "1 thread, ms a record",
        "ours / it");
    double rate = runs.of(Contender.BREAKWATER).threads(100).median("recordsPerSecond");
    double millis = runs.of(Contender.BREAKWATER).threads(1).median("averageMillis");
    for (Contender contender :
        List.of(
            Contender.BREAKWATER,
            Contender.ASYNC_FSYNC,
            Contender.ASYNC,
            Contender.FSHLOG_FSYNC,
            Contender.FSHLOG)) {
      double itsRate = runs.of(contender).threads(100).median("recordsPerSecond");
      double itsMillis = runs.of(contender).threads(1).median("averageMillis");
      row(
          contender.name(),
          number(itsRate, 0),
          number(rate / itsRate, 2),
          number(itsMillis, 3),
          number(millis / itsMillis, 2));
    }
  }

  private void roundTrip() throws IOException {
    Runs runs = runs("round-trip");
    table(
        "A round trip of 5 ms",
        "WAL",
        "records/s",
        "one of ours / it",
        "average ms",
        "p50 ms",
        "p95 ms",
        "p99 ms");
    double rate = runs.of(Contender.BREAKWATER).median("recordsPerSecond");
    for (Contender one :
        List.of(Contender.BREAKWATER, Contender.ASYNC, Contender.ASYNC_FSYNC, Contender.FSHLOG)) {
      for (Contender contender : List.of(one, one.grouped(20))) {
        Runs its = runs.of(contender);
        row(
            contender.name(),
            number(its.median("recordsPerSecond"), 0),
            number(rate / its.median("recordsPerSecond"), 2),
            number(its.median("averageMillis"), 2),
            number(its.median("p50Millis"), 2),
            number(its.median("p95Millis"), 2),
            number(its.median("p99Millis"), 2));
      }
    }
  }

  private void load() throws IOException {
    Runs runs = runs("load");
    table(
        "Processor time",
        "WAL",
        "records/s",
        "µs a record, region server",
        "ours / it",
        "µs a record, with the servers of the log",
        "ours / it");
    Runs ours = runs.of(Contender.BREAKWATER);
    for (Contender contender :
        List.of(
            Contender.BREAKWATER,
            Contender.ASYNC_FSYNC,
            Contender.ASYNC,
            Contender.FSHLOG_FSYNC,
            Contender.FSHLOG)) {
      Runs its = runs.of(contender);
      row(
          contender.name(),
          number(its.median("recordsPerSecond"), 0),
          number(its.median(CLIENT), 1),
          number(ours.median(CLIENT) / its.median(CLIENT), 2),
          number(all(its), 1),
          number(all(ours) / all(its), 2));
    }
  }

  private static final String CLIENT = "processorMicrosPerRecord";

  private static double all(Runs runs) {
    return runs.median(CLIENT) + runs.median("serversProcessorMicrosPerRecord");
  }

  private void fencing() throws IOException {
    Runs runs = runs("fencing");
    table("Fencing", "bytes of the log, in ledgers of 1 MiB", "until fenced and sealed, ms");
    row(number(runs.median("bytes"), 0), number(runs.median("recoveryMillis"), 0));
  }

  private void heap() throws IOException {
    Runs runs = runs("heap");
    table(
        "A log that stalls",
        "heap at most, MiB of 512",
        "longest wait of a writer, ms",
        "records of 256 KiB/s, the stall included");
    row(
        number(runs.median("heapMebibytesAtMost"), 0),
        number(runs.median("longestMillis"), 0),
        number(runs.median("recordsPerSecond"), 0));
  }

  private void table(String title, String... columns) {
    page.append("\n### ").append(title).append("\n\n");
    row(columns);
    row(Stream.of(columns).map(column -> "---").toArray(String[]::new));
  }

  private void row(String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String number(double value, int digits) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
