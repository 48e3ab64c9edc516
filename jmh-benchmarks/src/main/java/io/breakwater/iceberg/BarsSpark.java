package io.breakwater.iceberg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.SparkCatalog;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A local Spark on two cores with the stock catalog {@code lake} in a temporary directory. */
public final class BarsSpark implements AutoCloseable {
  private final SparkSession session;
  private final Path directory;

  private BarsSpark(SparkSession session, Path directory) {
    this.session = session;
    this.directory = directory;
  }

  /** Starts it; {@code name} is that of the application. */
  public static BarsSpark start(String name) throws IOException {
    Path directory = Files.createTempDirectory("breakwater-" + name);
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName(name)
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", directory.resolve("spark").toString())
            .config("spark.sql.warehouse.dir", directory.resolve("plain").toUri().toString())
            .config("spark.sql.shuffle.partitions", 8)
            .config(
                "spark.sql.extensions",
                BreakwaterExtensions.class.getName()
                    + ",org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config("spark.sql.catalog.lake", SparkCatalog.class.getName())
            .config("spark.sql.catalog.lake.type", "hadoop")
            .config("spark.sql.catalog.lake.cache-enabled", false)
            .config("spark.sql.catalog.lake.warehouse", directory.resolve("lake").toString())
            .getOrCreate();
    return new BarsSpark(session, directory);
  }

  /** Runs a statement and returns its rows. */
  public List<Row> sql(String text) {
    return session.sql(text).collectAsList();
  }

  /** The table as it is now. */
  public Table table(String name) {
    try {
      return Spark3Util.loadIcebergTable(session, name);
    } catch (Exception e) {
      throw new IllegalStateException("Cannot load " + name, e);
    }
  }

  /** Which Iceberg runs. */
  public String icebergJar() {
    return Path.of(SparkCatalog.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getFileName()
        .toString();
  }

  @Override
  public void close() throws IOException {
    session.stop();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
