package io.breakwater.lineage;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.spool.SpoolStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.awaitility.Awaitility;

/**
 * A real Spark session with the listener, an Iceberg catalog {@code ice}, and a file that the
 * events are delivered to. Run what is to be seen, {@link #stop}, then read the events.
 */
public final class LineageSession implements AutoCloseable {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Path directory;
  private final SparkSession spark;

  private LineageSession(Path directory, SparkSession spark) {
    this.directory = directory;
    this.spark = spark;
  }

  /** A session in {@code directory}, up and listened to. */
  public static LineageSession start(Path directory, Map<String, String> conf) throws IOException {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .appName("lineage")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .config(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.ice.type", "hadoop")
            .config("spark.sql.catalog.ice.warehouse", directory.resolve("ice").toString())
            .config("spark.extraListeners", LineageListener.class.getName())
            .config("spark.openlineage.transport.type", "file")
            .config("spark.openlineage.transport.location", file(directory).toString())
            .config("spark.breakwater.lineage.stopTimeout", "30s")
            .config("spark.breakwater.lineage.spool.dir", directory.resolve("spool").toString());
    conf.forEach(builder::config);
    SparkSession spark = builder.getOrCreate();
    // OpenLineage loses the START of a query that is over before it has come up itself.
    Path spool = directory.resolve("spool");
    Awaitility.await()
        .atMost(LONG)
        .until(() -> SpoolStatus.list(spool).stream().anyMatch(s -> s.owned() && s.segments() > 0));
    return new LineageSession(directory, spark);
  }

  public SparkSession spark() {
    return spark;
  }

  /** Stops the session and gives the events that were delivered, in order, valid and clean. */
  public List<JsonNode> stop() throws IOException {
    spark.stop();
    List<JsonNode> events =
        Files.exists(file(directory)) ? Events.ofFile(file(directory)) : List.of();
    EventChecks.assertValidAndClean(events);
    return events;
  }

  /** What our source of Spark's metrics shows under {@code name} now. */
  public static long metric(String name) {
    return ((Number)
            SparkEnv.get()
                .metricsSystem()
                .getSourcesByName("breakwater.lineage")
                .head()
                .metricRegistry()
                .getGauges()
                .get(name)
                .getValue())
        .longValue();
  }

  private static Path file(Path directory) {
    return directory.resolve("events.jsonl");
  }

  @Override
  public void close() {
    spark.stop();
  }
}
