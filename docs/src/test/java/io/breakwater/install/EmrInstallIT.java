package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory laid out as a node of EMR 7, with the artifacts of real hosts in their places: the
 * hosts start from what the bootstrap action has installed there, and from nothing else of ours.
 */
class EmrInstallIT {

  private static final Path EMR = Path.of("emr").toAbsolutePath();

  @TempDir private Path directory;

  private Path root;
  private SparkNode spark;
  private HBaseNode hbase;

  @BeforeEach
  void installOnTheNode() throws Exception {
    root = Files.createDirectories(directory.resolve("root"));
    Path info = Files.createDirectories(root.resolve("mnt/var/lib/info"));
    Files.writeString(info.resolve("instance.json"), "{\"isMaster\": true}");
    spark = SparkNode.install(root.resolve("usr/lib/spark"));
    hbase = HBaseNode.install(root.resolve("usr/lib/hbase"));
    Path archive = Path.of(System.getProperty("breakwater.dist"));
    Path openLineage = takeOpenLineageAway();
    try (HostProcess bootstrap =
        HostProcess.start(
            directory,
            "bootstrap",
            Map.of(),
            List.of(
                "bash",
                EMR.resolve("bootstrap-action.sh").toString(),
                "--root",
                root.toString(),
                "--plugins",
                "all",
                "--source",
                archive.toString(),
                "--sha256",
                sha256(archive),
                "--openlineage",
                openLineage.toString(),
                "--openlineage-sha256",
                sha256(openLineage)))) {
      assertThat(bootstrap.succeed()).contains("this is a master node", "done: version");
    }
  }

  /** EMR's Spark has none. */
  private Path takeOpenLineageAway() throws IOException {
    try (Stream<Path> jars = Files.list(spark.home().resolve("jars"))) {
      Path link =
          jars.filter(jar -> jar.getFileName().toString().startsWith("openlineage-spark"))
              .findFirst()
              .orElseThrow();
      Path jar = link.toRealPath();
      Files.delete(link);
      return jar;
    }
  }

  @Test
  void spark_withTheConfigurationForEmr_hasTheProceduresAndKeepsLineage() throws Exception {
    Path events = directory.resolve("events.jsonl");
    Path spool = root.resolve("mnt/var/lib/breakwater-lineage/driver");
    Map<String, String> here =
        Map.of(
            "spark.sql.catalog.lake.type", "hadoop",
            "spark.sql.catalog.lake.warehouse", directory.resolve("lake").toString(),
            "spark.breakwater.lineage.spool.dir", spool.toString(),
            "spark.breakwater.lineage.archive.path", "none",
            "spark.openlineage.transport.type", "file",
            "spark.openlineage.transport.url", "none");
    JsonNode defaults = sparkDefaults();
    assertThat(defaults.fieldNames()).toIterable().containsAll(here.keySet());
    StringBuilder lines = new StringBuilder();
    defaults
        .fields()
        .forEachRemaining(
            e -> {
              String value = here.getOrDefault(e.getKey(), e.getValue().asText());
              lines.append("%s %s%n".formatted(e.getKey(), value));
            });
    spark.append(lines + "spark.openlineage.transport.location " + events + "\n");

    try (HostProcess driver =
        spark.submit(IcebergCalls.STATEMENTS.replace("my_catalog.", "lake."))) {
      IcebergCalls.check(driver.succeed());
      assertThat(driver.errors()).contains("Lineage goes through the spool " + spool);
    }
    assertThat(events).content().contains("rewrite_deletion_vectors", "\"COMPLETE\"");
  }

  @Test
  void hbase_keepsItsLogsInTheWorkspace_whichTheInstalledCommandLists() throws Exception {
    hbase.appendDocumentedLines(Distribution.unpack(directory).documentation());
    try (HostProcess servers = hbase.start()) {
      assertThat(hbase.rows("put", "t", "r1", "v1")).contains("acknowledged r1");
      assertThat(servers.isAlive()).isTrue();
    }
    assertThat(hbase.stockLogs()).doesNotExist();
    try (HostProcess tool =
        HostProcess.start(
            directory,
            "breakwater-wal",
            Map.of("HBASE_HOME", hbase.home().toString()),
            List.of(root.resolve("usr/local/bin/breakwater-wal").toString(), "workspaces"))) {
      assertThat(tool.succeed()).contains("prod");
    }
  }

  private static JsonNode sparkDefaults() throws IOException {
    Path file = EMR.resolve("configurations/all.json");
    for (JsonNode part : new ObjectMapper().readTree(Files.readAllBytes(file))) {
      if (part.get("Classification").asText().equals("spark-defaults")) {
        return part.get("Properties");
      }
    }
    throw new AssertionError(file + " has no spark-defaults");
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
