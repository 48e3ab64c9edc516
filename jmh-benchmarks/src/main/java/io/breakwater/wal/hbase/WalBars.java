package io.breakwater.wal.hbase;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.results.Results;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.wal.WALPerformanceEvaluation;

/**
 * How fast and how cheap is a WAL on three bookies beside HBase's own on three data nodes? Every
 * server and every region server is a process of its own on this machine, both sides in one run;
 * the servers are started anew for each contender.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar wal RESULTS [BAR...]
 * </pre>
 *
 * Writes {@code RESULTS/BAR.json} and all that is there as tables, {@code RESULTS/bars.md}. Without
 * a bar it runs all, three times each, in about an hour.
 */
public final class WalBars {

  private static final int VALUE_BYTES = 512;
  private static final int WARM_UP_SECONDS = 15;
  private static final int SECONDS = Integer.getInteger("bars.seconds", 15);
  private static final Pattern SUMMARY =
      Pattern.compile("Summary: .* took ([0-9.]+)s ([0-9.]+)ops/s");

  private static final List<String> BARS =
      List.of("evaluation", "round-trip", "load", "fencing", "heap");

  /** A log of this many MiB, of which each ledger takes one. */
  private static final int FENCED_LEDGERS = 10;

  private static final Duration STALL = Duration.ofSeconds(12);

  private final Path results;
  private final int repeats;
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Object> run = RunConditions.now("wal RESULTS");

  private WalBars(Path results, int repeats) {
    this.results = results;
    this.repeats = repeats;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> chosen = List.of(arguments).subList(1, arguments.length);
    WalBars bars =
        new WalBars(
            Files.createDirectories(Path.of(arguments[0]).toAbsolutePath()),
            Integer.getInteger("bars.repeats", 3));
    for (String bar : chosen.isEmpty() ? BARS : chosen) {
      switch (bar) {
        case "evaluation" -> bars.evaluation();
        case "round-trip" -> bars.roundTrip();
        case "load" -> bars.load();
        case "fencing" -> bars.fencing();
        case "heap" -> bars.heap();
        default -> throw new IllegalArgumentException("Unknown bar: " + bar + ", must be " + BARS);
      }
      Files.writeString(
          bars.results.resolve("bars.md"),
          new WalBarsSection("").tables(new Results(bars.results)));
    }
  }

  /** HBase's {@code WALPerformanceEvaluation}, 100 threads and one. */
  private void evaluation() throws IOException, InterruptedException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (Contender contender :
          chosen(
              Contender.BREAKWATER,
              Contender.ASYNC_FSYNC,
              Contender.ASYNC,
              Contender.FSHLOG_FSYNC,
              Contender.FSHLOG)) {
        for (int threads : List.of(100, 1)) {
          rows.add(inProcesses(contender, 0, (storage, run) -> evaluate(storage, run, threads)));
          write("evaluation", rows);
        }
      }
    }
  }

  /** A round trip of 5 ms to the log, 64 handlers, 1,000 regions, on one WAL and on twenty. */
  private void roundTrip() throws IOException, InterruptedException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (Contender contender :
          chosen(
              Contender.BREAKWATER,
              Contender.BREAKWATER.grouped(20),
              Contender.ASYNC,
              Contender.ASYNC.grouped(20),
              Contender.ASYNC_FSYNC,
              Contender.ASYNC_FSYNC.grouped(20),
              Contender.FSHLOG,
              Contender.FSHLOG.grouped(20))) {
        rows.add(inProcesses(contender, 5_000, (storage, run) -> load(storage, run, 64, 1_000)));
        write("round-trip", rows);
      }
    }
  }

  /** The same without the longer way: what a record costs in processor time. */
  private void load() throws IOException, InterruptedException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (Contender contender :
          chosen(
              Contender.BREAKWATER,
              Contender.ASYNC_FSYNC,
              Contender.ASYNC,
              Contender.FSHLOG_FSYNC,
              Contender.FSHLOG)) {
        rows.add(inProcesses(contender, 0, (storage, run) -> load(storage, run, 64, 1_000)));
        write("load", rows);
      }
    }
  }

  /** From the call of a recovery to a fenced and sealed log, its writer being alive. */
  private void fencing() throws IOException, InterruptedException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      Contender contender =
          Contender.BREAKWATER.with("Breakwater", "breakwater.wal.bookkeeper.roll-bytes", "1m");
      rows.add(inProcesses(contender, 0, (storage, run) -> fence(storage, run)));
      write("fencing", rows);
    }
  }

  private Map<String, Object> fence(Storage storage, Path directory)
      throws IOException, InterruptedException {
    String mebibytes = Integer.toString(FENCED_LEDGERS);
    try (ServerProcess writer =
        ServerProcess.start(
            "writer",
            directory,
            jvm(storage, "-Xmx256m"),
            LogFencing.class.getName(),
            "write",
            "/fencing/log",
            mebibytes)) {
      writer.awaitLine(LogFencing.FILLED);
      Map<String, Object> row =
          result(
              directory,
              regionServer(
                  storage, directory, LogFencing.class, "recover", "/fencing/log", mebibytes));
      row.put(
          "writer",
          writer.awaitOutput(Duration.ofMinutes(1)).stream()
              .filter(line -> line.startsWith(LogFencing.REFUSED))
              .findFirst()
              .orElseThrow(() -> new IOException("The writer was not refused: " + directory)));
      return row;
    }
  }

  /** Two of three bookies stop for a while under load, with a heap of 512 MiB. */
  private void heap() throws IOException, InterruptedException {
    List<Map<String, Object>> rows = new ArrayList<>();
    rows.add(inProcesses(Contender.BREAKWATER, 0, (storage, run) -> stall((Bookies) storage, run)));
    write("heap", rows);
  }

  private Map<String, Object> stall(Bookies storage, Path directory)
      throws IOException, InterruptedException {
    long seconds = 3 * STALL.toSeconds();
    try (ServerProcess regionServer =
        ServerProcess.start(
            "regionserver",
            directory,
            jvm(storage, "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"),
            WalLoad.class.getName(),
            "256",
            "100",
            Integer.toString(256 << 10),
            "10",
            Long.toString(seconds))) {
      regionServer.awaitLine(WalLoad.WARM);
      for (ServerProcess bookie : storage.bookies().subList(0, 2)) {
        bookie.signal("STOP");
      }
      TimeUnit.MILLISECONDS.sleep(STALL.toMillis());
      for (ServerProcess bookie : storage.bookies().subList(0, 2)) {
        bookie.signal("CONT");
      }
      return result(directory, regionServer.awaitOutput(Duration.ofMinutes(5)));
    }
  }

  /** All, or those that the property {@code bars.contenders} matches, for a quick look. */
  private static List<Contender> chosen(Contender... all) {
    Pattern wanted = Pattern.compile(System.getProperty("bars.contenders", ""));
    return Stream.of(all).filter(one -> wanted.matcher(one.name()).find()).toList();
  }

  /** One measurement with the servers of its storage running. */
  private interface Measurement {
    Map<String, Object> take(Storage storage, Path regionServer)
        throws IOException, InterruptedException;
  }

  private Map<String, Object> inProcesses(
      Contender contender, long roundTripMicros, Measurement measurement)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory(results, "run");
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("contender", contender.name());
    row.put("roundTripMicros", roundTripMicros);
    try (Storage storage = contender.startStorage(directory, roundTripMicros)) {
      Path regionServer = Files.createDirectory(directory.resolve("regionserver"));
      Configuration site = new Configuration(false);
      contender.site(storage, regionServer).forEach(site::set);
      Configurations.write(site, regionServer.resolve("hbase-site.xml"));
      row.putAll(measurement.take(storage, regionServer));
    }
    delete(directory);
    System.out.println(row);
    return row;
  }

  private Map<String, Object> load(Storage storage, Path directory, int threads, int regions)
      throws IOException, InterruptedException {
    Duration before = storage.processorTime();
    List<String> output =
        regionServer(
            storage,
            directory,
            WalLoad.class,
            Integer.toString(threads),
            Integer.toString(regions),
            Integer.toString(VALUE_BYTES),
            Integer.toString(WARM_UP_SECONDS),
            Integer.toString(SECONDS));
    Duration servers = storage.processorTime().minus(before);
    Map<String, Object> row = result(directory, output);
    long all =
        ((Number) row.get("records")).longValue() + ((Number) row.get("warmUpRecords")).longValue();
    row.put("serversProcessorMicrosPerRecord", servers.toNanos() / 1e3 / all);
    return row;
  }

  private Map<String, Object> result(Path directory, List<String> output) throws IOException {
    String line =
        output.stream()
            .filter(printed -> printed.startsWith(WalLoad.RESULT))
            .findFirst()
            .orElseThrow(() -> new IOException("No result in " + directory));
    return json.readValue(line.substring(WalLoad.RESULT.length()), new TypeReference<>() {});
  }

  private Map<String, Object> evaluate(Storage storage, Path directory, int threads)
      throws IOException, InterruptedException {
    // The first run says how many iterations fill the time of the second.
    double rate = evaluate(storage, directory, threads, threads == 1 ? 5_000 : 1_000);
    double wanted = rate * SECONDS / threads;
    rate = evaluate(storage, directory, threads, (int) wanted);
    return Map.of(
        "threads", threads, "recordsPerSecond", rate, "averageMillis", threads * 1e3 / rate);
  }

  private static double evaluate(Storage storage, Path directory, int threads, int iterations)
      throws IOException, InterruptedException {
    String run = "evaluation-" + System.nanoTime();
    return regionServer(
            storage,
            directory,
            WALPerformanceEvaluation.class,
            // It leaves its log behind, and finds fault with that of a run before.
            "-D" + storage.directoryOfLogs(run),
            "-threads",
            Integer.toString(threads),
            "-iterations",
            Integer.toString(iterations),
            "-valueSize",
            Integer.toString(VALUE_BYTES),
            "-path",
            run)
        .stream()
        .map(SUMMARY::matcher)
        .filter(Matcher::find)
        .mapToDouble(found -> Double.parseDouble(found.group(2)))
        .findFirst()
        .orElseThrow(() -> new IOException("No summary in " + directory));
  }

  private static List<String> regionServer(
      Storage storage, Path directory, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    try (ServerProcess process =
        ServerProcess.start(
            "regionserver", directory, jvm(storage, "-Xmx1g"), main.getName(), arguments)) {
      return process.awaitOutput(Duration.ofMinutes(10));
    }
  }

  private static List<String> jvm(Storage storage, String... arguments) {
    return Stream.concat(storage.jvmArguments().stream(), Stream.of(arguments)).toList();
  }

  private void write(String bar, List<Map<String, Object>> rows) throws IOException {
    RunConditions.write(results.resolve(bar + ".json"), run, Map.of("rows", rows));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException("Cannot delete " + file, e);
                }
              });
    }
  }
}
