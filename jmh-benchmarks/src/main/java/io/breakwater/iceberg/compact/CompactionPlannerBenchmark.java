package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.plan.SyntheticTable;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.actions.BinPackRewriteFilePlanner;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take to choose what to do with each data file of a table, a fifth of which have
 * deletion vectors? The rival is the planner of Iceberg's {@code rewrite_data_files}. The floor is
 * the scan of the manifests that both begin with. The data files are entries in manifests only.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx2g")
public class CompactionPlannerBenchmark {
  private static final int POSITIONS_OF_A_VECTOR = 50;
  private static final long SEED = 20_261_121;

  /** Ours, Iceberg's planner, and a scan without a plan. */
  public enum Contender {
    BREAKWATER,
    ICEBERG,
    FLOOR
  }

  @Param public Contender contender;

  /** Data files of the table. */
  @Param({"1000", "100000"})
  public int files;

  private Path directory;
  private Table table;
  private CompactionOptions options;

  @Setup
  public void build() throws IOException {
    directory = Files.createTempDirectory("planner-benchmark");
    Schema schema =
        new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.required(2, "part", Types.IntegerType.get()));
    table =
        new HadoopTables(new Configuration())
            .create(
                schema,
                PartitionSpec.builderFor(schema).identity("part").build(),
                Map.of("format-version", "3"),
                directory.resolve("table").toString());
    SyntheticTable synthetic = new SyntheticTable(table, SEED);
    synthetic.append(files);
    synthetic.delete(
        IntStream.range(0, files / 5).mapToObj(i -> 5 * i).toList(), 1, POSITIONS_OF_A_VECTOR);
    options = CompactionOptions.of(Map.of(), table.properties());
  }

  @TearDown
  public void delete() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Benchmark
  public long plan() throws IOException {
    return switch (contender) {
      case BREAKWATER -> {
        CompactionPlan plan =
            new CompactionPlanner(Target.main(table), options)
                .plan(task -> Choice.of(task, options));
        yield plan.groups().size() + plan.left().size();
      }
      case ICEBERG -> {
        BinPackRewriteFilePlanner planner = new BinPackRewriteFilePlanner(table);
        planner.init(Map.of(BinPackRewriteFilePlanner.DELETE_FILE_THRESHOLD, "1"));
        yield planner.plan().totalGroupCount();
      }
      case FLOOR -> scan();
    };
  }

  private long scan() throws IOException {
    long deletes = 0;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().ignoreResiduals().planFiles()) {
      for (FileScanTask task : tasks) {
        deletes += task.deletes().size();
      }
    }
    if (deletes != files / 5) {
      throw new IllegalStateException(deletes + " deletion vectors");
    }
    return deletes;
  }
}
