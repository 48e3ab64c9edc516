package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every combination of the versions that the profile {@code compatibility} names, each with real
 * processes and the jars as they are packaged. What has passed is written to {@code
 * docs/compatibility}, and {@code docs/compatibility.md} made of that. Not part of a build.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompatibilityMatrix {

  private static final String COMMAND = "mvn -Pcompatibility -DskipTests verify";

  private final List<String> sparks = versions("spark");
  private final List<String> icebergs = versions("iceberg");
  private final List<String> hbases = versions("hbase");

  private Path directory;
  private CompatibilityPage page;
  private Distribution distribution;
  private OtherVersions others;
  private int combinations;

  private static List<String> versions(String product) {
    String property = "compatibility." + product;
    return Stream.of(System.getProperty(property).split(","))
        .map(String::strip)
        .filter(version -> !version.isEmpty())
        .toList();
  }

  @BeforeAll
  void unpack(@TempDir Path temporary) throws Exception {
    directory = temporary;
    page = CompatibilityPage.ofBuild();
    distribution = Distribution.unpack(directory);
    others = new OtherVersions(Files.createDirectory(directory.resolve("maven")));
  }

  @AfterAll
  void writePage() throws IOException {
    Files.writeString(page.page(), page.render());
  }

  @TestFactory
  Stream<DynamicTest> spark() {
    return sparks.stream()
        .flatMap(
            spark ->
                icebergs.stream()
                    .map(
                        iceberg ->
                            dynamicTest(
                                "Spark %s, Iceberg %s".formatted(spark, iceberg),
                                () -> spark(spark, iceberg))));
  }

  @TestFactory
  Stream<DynamicTest> hbase() {
    return hbases.stream().map(hbase -> dynamicTest("HBase " + hbase, () -> hbase(hbase)));
  }

  @TestFactory
  Stream<DynamicTest> java() {
    return versions("java").stream()
        .map(java -> dynamicTest("Java " + java, () -> java(Integer.parseInt(java))));
  }

  private void java(int feature) throws Exception {
    Jdk jdk =
        Jdk.find(feature).orElseThrow(() -> new IOException(LaterJavaScenario.missing(feature)));
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("hbase", versionOf(HostClassPath.hbase(), "hbase-server"));
    versions.put("spark", versionOf(HostClassPath.spark(), "spark-core_2.12"));
    versions.put("java", jdk.version());
    Run run = new Run("java", versions);
    run.test(
        "HBase itself, without a plugin, does not start",
        () -> LaterJavaScenario.hbaseDoesNotStart(home(), jdk));
    run.test(
        "Spark itself, without a plugin, does not start",
        () -> LaterJavaScenario.sparkDoesNotStart(home(), jdk));
    run.test(
        "`breakwater-wal` `workspaces`, `ls`, `cat`, `du`, `fence` and `scavenge` work on an embedded workspace; `verify`, which opens it as a file system of Hadoop, does not",
        () -> LaterJavaScenario.walToolWorks(home(), jdk, distribution));
    run.test(
        "`breakwater-lineage` `ls`, `tail` and `view` work on a spool",
        () -> LaterJavaScenario.lineageToolWorks(home(), jdk, distribution));
    run.write();
  }

  private void spark(String spark, String iceberg) throws Exception {
    HostClassPath host = others.spark(spark, iceberg);
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("spark", versionOf(host, "spark-core_2.12"));
    versions.put("iceberg", versionOf(host, "iceberg-spark-runtime-3.5_2.12"));
    versions.put("openlineage", versionOf(host, "openlineage-spark_2.12"));
    versions.put("java", Jdk.current().version());
    assertThat(versions).containsEntry("spark", spark).containsEntry("iceberg", iceberg);

    Run run = new Run("spark", versions);
    List<Path> jars =
        List.of(distribution.jar("iceberg-maintenance"), distribution.jar("spark-listener"));
    run.test(
        "no file of the plugins has the name of a file of the host",
        () -> assertThat(ShadowedFiles.find(jars, host)).isEmpty());
    run.test(
        "deletion vectors are repacked by a `CALL` of ours and data files rewritten by one of Iceberg, the answers stay, and each write and call is a run at the backend",
        () -> callsWithLineage(SparkNode.install(home(), host, Jdk.current())));
    run.test(
        "events wait in the spool while the backend is down, and `breakwater-lineage` sends them",
        () -> {
          SparkNode node = SparkNode.install(home(), host, Jdk.current());
          node.drop(distribution.jar("spark-listener"));
          int port = LoopbackPort.free();
          node.appendDocumentedListener(distribution.documentation(), port);
          LineageScenario.eventsWaitForTheBackendAndTheToolSendsThem(node, distribution, port);
        });
    run.write();
  }

  private void callsWithLineage(SparkNode node) throws Exception {
    node.drop(distribution.jar("iceberg-maintenance"));
    node.drop(distribution.jar("spark-listener"));
    node.appendDocumentedProcedures(distribution.documentation());
    try (LineageBackend backend = LineageBackend.start()) {
      node.appendDocumentedListener(distribution.documentation(), backend.port());
      String statements =
          "CALL my_catalog.system.rewrite_data_files(table => 'db.t',"
              + " options => map('rewrite-all', 'true'));\n"
              + IcebergCalls.COUNT;
      try (HostProcess driver = node.submit(IcebergCalls.STATEMENTS + statements)) {
        IcebergCalls.check(driver.succeed());
      }
      assertThat(backend.writesOf("db.t")).isNotEmpty();
      assertThat(backend.endsOf(".rewrite_deletion_vectors.")).hasSize(1);
      assertThat(backend.endsOf("rewrite_data_files.my_catalog_db_t")).isNotEmpty();
    }
  }

  private void hbase(String hbase) throws Exception {
    HostClassPath host = others.hbase(hbase);
    boolean older = hbase.startsWith("2.5.");
    Path jar = older ? others.pluginForHBase25(hbase) : distribution.jar("hbase-wal-plugin");
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("hbase", versionOf(host, "hbase-server"));
    versions.put("hadoop", versionOf(host, "hadoop-common"));
    versions.put("java", Jdk.current().version());
    assertThat(versions).containsEntry("hbase", hbase);

    Run run = new Run("hbase", versions);
    run.test(
        "no file of the plugin has the name of a file of the host",
        () -> assertThat(ShadowedFiles.find(List.of(jar), host)).isEmpty());
    run.test(
        "a row is acknowledged, every server is killed (SIGKILL), `breakwater-wal` lists the logs, and the next servers have the row",
        () -> {
          HBaseNode node = HBaseNode.install(home(), host, Jdk.current());
          node.drop(jar);
          node.appendDocumentedLines(distribution.documentation());
          if (older) {
            node.append("breakwater.wal.recover-on-open", "true");
            node.append(
                "hbase.regionserver.hlog.reader.impl", "io.breakwater.wal.hbase.CheckedLogReader");
          }
          HBaseScenario.acknowledgedRowSurvivesTheKillOfEveryServer(node, distribution);
        });
    run.write();
  }

  /** An empty place for a host. */
  private Path home() {
    combinations++;
    return directory.resolve("host-" + combinations);
  }

  /** The version in the name of the one jar of {@code artifact}. */
  private static String versionOf(HostClassPath host, String artifact) throws IOException {
    Pattern name = Pattern.compile(Pattern.quote(artifact) + "-(\\d.*)\\.jar");
    return host.jars().stream()
        .map(jar -> name.matcher(jar.getFileName().toString()))
        .filter(Matcher::matches)
        .map(jar -> jar.group(1))
        .findFirst()
        .orElseThrow(() -> new IOException("Cannot find " + artifact + " in " + host));
  }

  /** The tests of one combination; the first that fails ends it, and it is not listed. */
  private final class Run {

    private final CompatibilityPage.Result result;

    Run(String kind, Map<String, String> versions) throws IOException {
      result = new CompatibilityPage.Result(kind, versions, new ArrayList<>());
      page.delete(result);
    }

    void test(String name, Test test) throws Exception {
      test.run();
      result.tests().add(name);
    }

    void write() throws IOException {
      page.write(result, COMMAND, LocalDate.now(ZoneOffset.UTC).toString());
    }
  }

  private interface Test {
    void run() throws Exception;
  }
}
