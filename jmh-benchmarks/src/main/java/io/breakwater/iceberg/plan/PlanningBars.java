package io.breakwater.iceberg.plan;

import io.breakwater.iceberg.BarsSpark;
import io.breakwater.iceberg.procedure.Procedures;
import io.breakwater.results.RunConditions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.io.CloseableIterable;

/**
 * How long do the procedures plan on a table of 100,000 data files and 20,000 deletion vectors,
 * with two cores and the memory of this JVM? Beside them, in turns, Iceberg's own planning of a
 * full scan, which each query pays. The vectors and their Puffin files are real; the data files are
 * entries in manifests only.
 *
 * <pre>
 * java -jar jmh-benchmarks/target/benchmarks.jar planning RESULTS
 * </pre>
 *
 * Writes {@code RESULTS/planning.json}. {@code -Dbars.files}, {@code -Dbars.vectors} and {@code
 * -Dbars.repeats} make it smaller or larger.
 */
public final class PlanningBars {
  private static final int FILES = Integer.getInteger("bars.files", 100_000);
  private static final int VECTORS = Integer.getInteger("bars.vectors", 20_000);
  private static final int REPEATS = Integer.getInteger("bars.repeats", 5);
  private static final int VECTORS_OF_A_DELETE = 100;
  private static final int POSITIONS_OF_A_VECTOR = 50;
  private static final long SEED = 20_261_121;

  private final BarsSpark spark;
  private final Map<String, Object> conditions = RunConditions.now("planning RESULTS");
  private final Map<String, Callable<Long>> contenders = new LinkedHashMap<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();

  private PlanningBars(BarsSpark spark) {
    this.spark = spark;
  }

  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    try (BarsSpark spark = BarsSpark.start("planning-bars")) {
      PlanningBars bars = new PlanningBars(spark);
      bars.run();
      bars.write(results.resolve("planning.json"));
    }
  }

  private void run() throws Exception {
    build();
    contenders.put("Iceberg: planFiles of a full scan", this::planFiles);
    contenders.put("deletion_vector_stats", () -> call("deletion_vector_stats", ""));
    for (String procedure :
        List.of("rewrite_deletion_vectors", "compact_deleted_rows", "maintain_deletion_vectors")) {
      if (Procedures.contains(procedure)) {
        contenders.put(procedure + ", dry_run", () -> call(procedure, ", dry_run => true"));
      }
    }
    contenders.put(
        "rewrite_deletion_vectors, dry_run, one partition",
        () -> call("rewrite_deletion_vectors", ", dry_run => true, where => 'part = 7'"));
    for (int repeat = 0; repeat <= REPEATS; repeat++) {
      for (Map.Entry<String, Callable<Long>> contender : contenders.entrySet()) {
        measure(contender.getKey(), repeat, contender.getValue());
      }
    }
    measure("rewrite_deletion_vectors", 1, () -> call("rewrite_deletion_vectors", ""));
    measure("Iceberg: planFiles after it", 1, this::planFiles);
  }

  private void build() throws IOException {
    spark.sql(
        "CREATE TABLE lake.db.t (id BIGINT, part INT, name STRING) USING iceberg PARTITIONED BY"
            + " (part) TBLPROPERTIES ('format-version'='3')");
    SyntheticTable table = new SyntheticTable(spark.table("lake.db.t"), SEED);
    table.append(FILES);
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, FILES).boxed().toList());
    Collections.shuffle(shuffled, new Random(SEED));
    for (int first = 0; first < VECTORS; first += VECTORS_OF_A_DELETE) {
      table.delete(
          shuffled.subList(first, Math.min(VECTORS, first + VECTORS_OF_A_DELETE)),
          first,
          POSITIONS_OF_A_VECTOR);
    }
    say("%,d data files, %,d vectors", FILES, VECTORS);
  }

  private long planFiles() throws IOException {
    long vectors = 0;
    long files = 0;
    try (CloseableIterable<FileScanTask> tasks = spark.table("lake.db.t").newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        files++;
        vectors += task.deletes().size();
      }
    }
    if (files != FILES || vectors != VECTORS) {
      throw new IllegalStateException("%d files, %d vectors".formatted(files, vectors));
    }
    return files;
  }

  private long call(String procedure, String more) {
    return spark.sql("CALL lake.system.%s(table => 'db.t'%s)".formatted(procedure, more)).size();
  }

  /** The repeat 0 warms up. */
  private void measure(String contender, int repeat, Callable<Long> work) throws Exception {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    long start = System.nanoTime();
    long result = work.call();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    long peak = heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum() >> 20;
    say("%d %s: %,d ms, %,d MiB of heap, %,d rows", repeat, contender, millis, peak, result);
    if (repeat > 0) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("contender", contender);
      row.put("repeat", repeat);
      row.put("millis", millis);
      row.put("peak_heap_mib", peak);
      row.put("rows", result);
      rows.add(row);
    }
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private void write(Path file) throws IOException {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("data_files", FILES);
    report.put("deletion_vectors", VECTORS);
    report.put("max_heap_mib", Runtime.getRuntime().maxMemory() >> 20);
    report.put("cores", Runtime.getRuntime().availableProcessors());
    report.put("iceberg", spark.icebergJar());
    report.put("runs", rows);
    RunConditions.write(file, conditions, report);
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
