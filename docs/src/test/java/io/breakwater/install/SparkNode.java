package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A machine with Spark, Iceberg's runtime and the OpenLineage jar: {@code jars}, {@code conf}. */
final class SparkNode {

  private final Path home;
  private final HostClassPath host;
  private final Jdk jdk;
  private int started;

  private SparkNode(Path home, HostClassPath host, Jdk jdk) {
    this.home = home;
    this.host = host;
    this.jdk = jdk;
  }

  /** A Spark with the Iceberg catalog {@code my_catalog}, without Breakwater. */
  static SparkNode install(Path home) throws IOException {
    return install(home, HostClassPath.spark(), Jdk.current());
  }

  /** The same, of another version or on another Java. */
  static SparkNode install(Path home, HostClassPath host, Jdk jdk) throws IOException {
    host.install(home.resolve("jars"));
    Files.createDirectories(home.resolve("conf"));
    Files.createDirectories(home.resolve("tmp"));
    SparkNode node = new SparkNode(home, host, jdk);
    node.append(
        """
        spark.master                         local[2]
        spark.ui.enabled                     false
        spark.driver.host                    127.0.0.1
        spark.driver.bindAddress             127.0.0.1
        spark.sql.shuffle.partitions         2
        spark.sql.warehouse.dir              %1$s/data/warehouse
        spark.local.dir                      %1$s/data/local
        spark.sql.catalog.my_catalog         org.apache.iceberg.spark.SparkCatalog
        spark.sql.catalog.my_catalog.type    hadoop
        spark.sql.catalog.my_catalog.warehouse  %1$s/data/iceberg
        """
            .formatted(home));
    return node;
  }

  Path home() {
    return home;
  }

  Path configuration() {
    return home.resolve("conf/spark-defaults.conf");
  }

  void drop(Path jar) throws IOException {
    Files.copy(jar, home.resolve("jars").resolve(jar.getFileName()));
  }

  /** Appends lines to spark-defaults.conf. */
  void append(String lines) throws IOException {
    Files.writeString(configuration(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Appends what README.md says about the procedures. */
  void appendDocumentedProcedures(InstallDocumentation documentation) throws IOException {
    append(documentation.lines("Iceberg on Spark"));
  }

  /** Appends what README.md says about the listener, with addresses of this machine. */
  void appendDocumentedListener(InstallDocumentation documentation, int backendPort)
      throws IOException {
    Map<String, String> documented = documentation.properties("Lineage from Spark");
    append(
        documentation
            .lines("Lineage from Spark")
            .replace(
                documented.get("spark.openlineage.transport.url"), LineageBackend.url(backendPort))
            .replace(documented.get("spark.breakwater.lineage.spool.dir"), spool().toString()));
  }

  Path spool() {
    return home.resolve("data/spool");
  }

  /** Starts a driver that runs the statements, through spark-submit's own class. */
  HostProcess submit(String statements) throws IOException {
    started++;
    Path script = home.resolve("script-" + started + ".sql");
    Files.writeString(script, statements);
    List<String> command = new ArrayList<>();
    command.add(jdk.java());
    command.addAll(List.of(System.getProperty("breakwater.spark.args").split(" ")));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.net.preferIPv4Stack=true",
            "-Djava.io.tmpdir=" + home.resolve("tmp"),
            "-cp",
            home.resolve("conf") + ":" + home.resolve("jars") + "/*",
            "org.apache.spark.deploy.SparkSubmit",
            "--class",
            "io.breakwater.install.SqlScript",
            host.program().toString(),
            script.toString()));
    return HostProcess.start(
        home,
        "driver-" + started,
        Map.of("SPARK_HOME", home.toString(), "SPARK_CONF_DIR", home.resolve("conf").toString()),
        command);
  }

  /** Starts {@code breakwater-lineage} of the distribution with this Spark. */
  HostProcess lineageTool(Distribution distribution, String command, String... arguments)
      throws IOException {
    started++;
    List<String> line = new ArrayList<>();
    line.add(distribution.tool("breakwater-lineage").toString());
    line.add(command);
    line.addAll(List.of(arguments));
    Map<String, String> environment = new HashMap<>(jdk.environment());
    environment.put("SPARK_HOME", home.toString());
    return HostProcess.start(home, command + "-" + started, environment, line);
  }
}
