package io.breakwater.lineage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

/**
 * A job of many small writes, as a driver of its own; its listener is that of the system properties
 * {@code spark.*}. The last line of its output that begins with a brace is what it took, as JSON.
 *
 * <pre>
 * java -Dspark.extraListeners=... io.breakwater.lineage.SmallWrites WRITES
 * </pre>
 */
final class SmallWrites {
  private static final int WARM_UP = 20;

  private SmallWrites() {}

  public static void main(String[] arguments) throws IOException {
    int writes = Integer.parseInt(arguments[0]);
    Path directory = Files.createTempDirectory("small-writes");
    Map<String, Object> took = new LinkedHashMap<>();
    try {
      SparkSession spark =
          SparkSession.builder()
              .master("local[2]")
              .appName("small writes")
              .config("spark.ui.enabled", false)
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.shuffle.partitions", 2)
              .config("spark.local.dir", directory.resolve("spark").toString())
              .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
              .getOrCreate();
      write(spark, directory, WARM_UP);
      long start = System.nanoTime();
      long cpu = processCpu();
      write(spark, directory, writes);
      took.put("loop_millis", millis(System.nanoTime() - start));
      took.put("loop_cpu_millis", millis(processCpu() - cpu));
      took.put("listener_cpu_millis", millis(listenerCpu()));
      took.put("listener_p99_micros", listenerP99Micros());
      start = System.nanoTime();
      spark.stop();
      took.put("stop_millis", millis(System.nanoTime() - start));
    } finally {
      delete(directory);
    }
    System.out.println(new ObjectMapper().writeValueAsString(took));
  }

  private static void write(SparkSession spark, Path directory, int count) {
    for (int i = 0; i < count; i++) {
      spark
          .range(1_000)
          .selectExpr("id", "id % 7 AS kind", "CAST(id AS STRING) AS name")
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(directory.resolve("table" + i % 10).toString());
    }
  }

  private static long processCpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Of the threads on which listeners run, in nanoseconds. */
  private static long listenerCpu() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long cpu = 0;
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null
          && (info.getThreadName().equals("spark-listener-group-shared")
              || info.getThreadName().equals("spark-listener-group-lineage"))) {
        cpu += Math.max(0, threads.getThreadCpuTime(id));
      }
    }
    return cpu;
  }

  /** By Spark's own timers of listener classes: the slower one of those of lineage; 0 if none. */
  private static double listenerP99Micros() {
    double p99 = 0;
    for (Source source :
        JavaConverters.seqAsJavaList(
            SparkEnv.get().metricsSystem().getSourcesByName("LiveListenerBus"))) {
      for (var timer : source.metricRegistry().getTimers().entrySet()) {
        String name = timer.getKey().toLowerCase(java.util.Locale.ROOT);
        if (name.startsWith("listenerprocessingtime.") && name.contains("lineage")) {
          double nanos = timer.getValue().getSnapshot().get99thPercentile();
          p99 = Math.max(p99, nanos / TimeUnit.MICROSECONDS.toNanos(1));
        }
      }
    }
    return p99;
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
