package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A machine with HBase: {@code lib}, {@code conf} and {@code bin}. Its data outlive a process. */
final class HBaseNode {

  private static final String LOGGING =
      """
      log4j.rootLogger=INFO,console
      log4j.appender.console=org.apache.log4j.ConsoleAppender
      log4j.appender.console.layout=org.apache.log4j.PatternLayout
      log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %-5p [%t] %c{2}: %m%n
      """;

  private final Path home;
  private final HostClassPath host;
  private final Jdk jdk;
  private final Map<String, String> site = new LinkedHashMap<>();
  private int started;

  private HBaseNode(Path home, HostClassPath host, Jdk jdk) {
    this.home = home;
    this.host = host;
    this.jdk = jdk;
  }

  /** An HBase of one process, on loopback, without Breakwater. */
  static HBaseNode install(Path home) throws IOException {
    return install(home, HostClassPath.hbase(), Jdk.current());
  }

  /** The same, of another version or on another Java. */
  static HBaseNode install(Path home, HostClassPath host, Jdk jdk) throws IOException {
    HBaseNode node = new HBaseNode(home, host, jdk);
    host.install(home.resolve("lib"));
    Files.createDirectories(home.resolve("conf"));
    Files.createDirectories(home.resolve("tmp"));
    Files.writeString(home.resolve("conf/log4j.properties"), LOGGING);
    Path command = Files.createDirectories(home.resolve("bin")).resolve("hbase");
    // The one thing of HBase's own script that the tools ask for.
    Files.writeString(
        command, "#!/bin/sh\n[ \"$1\" = classpath ] && echo '%s'\n".formatted(node.classPath()));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    node.site.putAll(
        Map.of(
            "hbase.rootdir", home.resolve("data/hbase").toUri().toString(),
            "hbase.tmp.dir", home.resolve("data/tmp").toString(),
            "hbase.master.hostname", "localhost",
            "hbase.unsafe.regionserver.hostname", "localhost",
            "hbase.master.info.port", "-1",
            "hbase.regionserver.info.port", "-1",
            "hbase.master.port", "0",
            "hbase.regionserver.port", "0"));
    node.site.putAll(
        Map.of(
            "hbase.zookeeper.quorum",
            "localhost",
            "hbase.zookeeper.property.clientPort",
            String.valueOf(LoopbackPort.free()),
            "hbase.zookeeper.property.dataDir",
            home.resolve("data/zookeeper").toString(),
            // Short, for a quick restart.
            "zookeeper.session.timeout",
            "6000"));
    return node;
  }

  Path home() {
    return home;
  }

  void drop(Path jar) throws IOException {
    Files.copy(jar, home.resolve("lib").resolve(jar.getFileName()));
  }

  /** Appends what README.md says, with the engine that needs no BookKeeper. */
  void appendDocumentedLines(InstallDocumentation documentation) {
    site.putAll(documentation.properties("HBase"));
    Map<String, String> alternative = documentation.alternative("HBase");
    alternative.replace("breakwater.wal.embedded.dir", workspaces().toString());
    site.putAll(alternative);
    site.remove("breakwater.wal.bookkeeper.zookeeper");
  }

  /** Appends a property. */
  void append(String key, String value) {
    site.put(key, value);
  }

  /** Starts {@code breakwater-wal} of the distribution with this HBase. */
  HostProcess walTool(Distribution distribution, Jdk toolJdk, String... arguments)
      throws IOException {
    started++;
    List<String> line = new ArrayList<>();
    line.add(distribution.tool("breakwater-wal").toString());
    line.addAll(List.of(arguments));
    Map<String, String> environment = new LinkedHashMap<>(toolJdk.environment());
    environment.put("HBASE_HOME", home.toString());
    return HostProcess.start(home, "breakwater-wal-" + started, environment, line);
  }

  /** Where the embedded engine keeps workspaces. */
  Path workspaces() {
    return home.resolve("data/wal");
  }

  /** Where HBase without a plugin keeps its logs. */
  Path stockLogs() {
    return home.resolve("data/hbase/WALs");
  }

  /** Starts ZooKeeper, the master and a region server, in one process. */
  HostProcess start() throws IOException {
    writeSite();
    return java("hbase", classPath(), "org.apache.hadoop.hbase.master.HMaster", "start");
  }

  /** Writes hbase-site.xml, for tools that are run before any server. */
  void writeSite() throws IOException {
    StringBuilder xml = new StringBuilder("<configuration>\n");
    site.forEach(
        (key, value) ->
            xml.append(
                "<property><name>%s</name><value>%s</value></property>\n".formatted(key, value)));
    Files.writeString(home.resolve("conf/hbase-site.xml"), xml.append("</configuration>\n"));
  }

  /** Runs the client and returns what it printed. */
  String rows(String... arguments) throws IOException, InterruptedException {
    try (HostProcess client =
        java(
            "client",
            classPath() + ":" + host.program(),
            "io.breakwater.install.Rows",
            arguments)) {
      return client.succeed();
    }
  }

  private String classPath() {
    return home.resolve("conf") + ":" + home.resolve("lib") + "/*";
  }

  private HostProcess java(String name, String classPath, String main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(jdk.java());
    command.addAll(List.of(System.getProperty("breakwater.hbase.args").split(" ")));
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.net.preferIPv4Stack=true",
            "-Djava.io.tmpdir=" + home.resolve("tmp"),
            "-cp",
            classPath,
            main));
    command.addAll(List.of(arguments));
    started++;
    return HostProcess.start(home, name + "-" + started, Map.of(), command);
  }
}
