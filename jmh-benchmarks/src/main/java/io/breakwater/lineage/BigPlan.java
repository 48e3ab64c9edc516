package io.breakwater.lineage;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.catalyst.plans.logical.Union;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * A job that writes the rows of one big plan a few times, as a driver of its own; its listener is
 * that of the system properties {@code spark.*}. The last line of its output that begins with a
 * brace is the heap that was live, as JSON.
 *
 * <pre>
 * java -Dspark.extraListeners=... io.breakwater.lineage.BigPlan JOIN|NODES WRITES
 * </pre>
 */
final class BigPlan {

  /** What is written. */
  enum Shape {
    /** A join of two tables of 1,000 columns each, of which every one is made of eight. */
    JOIN {
      @Override
      Dataset<Row> in(SparkSession spark, Path directory) throws IOException {
        Dataset<Row> left = table(spark, directory.resolve("left"), COLUMNS);
        Dataset<Row> right = table(spark, directory.resolve("right"), COLUMNS);
        Stream<Column> sums =
            IntStream.range(1, COLUMNS).mapToObj(i -> sum(left, i).plus(sum(right, i)).as("c" + i));
        return left.join(right, left.col("id").equalTo(right.col("id")))
            .select(Stream.concat(Stream.of(left.col("id")), sums).toArray(Column[]::new));
      }
    },
    /** A union of a table and 1,000 chains of nine projections. */
    NODES {
      @Override
      Dataset<Row> in(SparkSession spark, Path directory) throws IOException {
        List<LogicalPlan> parts = new ArrayList<>();
        parts.add(table(spark, directory.resolve("ids"), 1).logicalPlan());
        Range nothing = (Range) spark.range(0).logicalPlan();
        for (int i = 0; i < BigPlan.NODES / CHAIN; i++) {
          LogicalPlan chain = (LogicalPlan) nothing.newInstance();
          for (int j = 1; j < CHAIN; j++) {
            chain = renamed(chain);
          }
          parts.add(chain);
        }
        return Dataset.ofRows(spark, new Union(seq(parts), false, false));
      }
    };

    abstract Dataset<Row> in(SparkSession spark, Path directory) throws IOException;
  }

  private static final int COLUMNS = 1_000;
  private static final int NODES = 10_000;
  private static final int CHAIN = 10;
  private static final long QUIET_MILLIS = 2_000;

  /** With which Spark would make a small plan of the 10,000 nodes, or take minutes for them. */
  private static final String EXCLUDED_RULES =
      Stream.of(
              "CollapseProject",
              "ColumnPruning",
              "CombineUnions",
              "ConvertToLocalRelation",
              "InferFiltersFromConstraints",
              "PropagateEmptyRelation",
              "RemoveNoopOperators",
              "RemoveRedundantAliases")
          .map(rule -> "org.apache.spark.sql.catalyst.optimizer." + rule)
          .collect(Collectors.joining(","));

  private BigPlan() {}

  public static void main(String[] arguments) throws Exception {
    Shape shape = Shape.valueOf(arguments[0]);
    int writes = Integer.parseInt(arguments[1]);
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("big plan")
            .config("spark.ui.port", 0)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.sql.optimizer.excludedRules", EXCLUDED_RULES)
            .config("spark.local.dir", directory.resolve("spark").toString())
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .getOrCreate();
    spark.range(5).write().parquet(directory.resolve("first").toString());
    awaitQuiet();
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("before_bytes", LiveHeap.now());
    try (LiveHeap heap = LiveHeap.watch()) {
      long start = System.nanoTime();
      for (int i = 0; i < writes; i++) {
        shape
            .in(spark, directory)
            .write()
            .mode(SaveMode.Overwrite)
            .parquet(directory.resolve("out").toString());
      }
      found.put("writes_millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      awaitQuiet();
      found.put("listened_millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      found.put("peak_bytes", heap.peak());
      found.put("samples", heap.samples());
    }
    found.put("after_bytes", LiveHeap.now());
    spark.stop();
    System.out.println(new ObjectMapper().writeValueAsString(found));
  }

  /** Until the threads of listeners have had nothing to do for a while. */
  private static void awaitQuiet() throws InterruptedException {
    long before;
    do {
      before = listenerCpu();
      Thread.sleep(QUIET_MILLIS);
    } while (listenerCpu() - before > TimeUnit.MILLISECONDS.toNanos(50));
  }

  private static long listenerCpu() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long cpu = 0;
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo info = threads.getThreadInfo(id);
      if (info != null
          && (info.getThreadName().startsWith("spark-listener-group")
              || info.getThreadName().contains("lineage"))) {
        cpu += Math.max(0, threads.getThreadCpuTime(id));
      }
    }
    return cpu;
  }

  private static Dataset<Row> table(SparkSession spark, Path path, int columns) throws IOException {
    StructType schema = new StructType().add("id", "long");
    for (int i = 1; i < columns; i++) {
      schema = schema.add("c" + i, "long");
    }
    Files.createDirectories(path);
    return spark.read().schema(schema).parquet(path.toString());
  }

  private static Column sum(Dataset<Row> table, int column) {
    return IntStream.range(column, column + 4)
        .mapToObj(i -> table.col("c" + (1 + i % (COLUMNS - 1))))
        .reduce(Column::plus)
        .orElseThrow();
  }

  private static LogicalPlan renamed(LogicalPlan plan) {
    NamedExpression id =
        new Alias(
            plan.output().head(),
            "id",
            NamedExpression.newExprId(),
            seq(List.<String>of()),
            Option.empty(),
            seq(List.<String>of()));
    return new Project(seq(List.of(id)), plan);
  }

  private static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toSeq();
  }
}
