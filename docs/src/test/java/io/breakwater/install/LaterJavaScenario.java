package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What runs on a Java that the hosts themselves do not run on. */
final class LaterJavaScenario {

  /** What Hadoop's UserGroupInformation meets since Java 24. */
  private static final String REASON = "getSubject is not supported";

  private LaterJavaScenario() {}

  /** Says that there is no such Java, and what to do. */
  static String missing(int feature) {
    return "No Java %1$d beside the one that runs the tests: set BREAKWATER_JDK_%1$d to its home"
        .formatted(feature);
  }

  static void hbaseDoesNotStart(Path home, Jdk jdk) throws Exception {
    HBaseNode node = HBaseNode.install(home, HostClassPath.hbase(), jdk);
    try (HostProcess servers = node.start()) {
      assertThat(servers.exitCode()).isNotZero();
      assertThat(servers.output() + servers.errors()).contains(REASON);
    }
  }

  static void sparkDoesNotStart(Path home, Jdk jdk) throws Exception {
    SparkNode node = SparkNode.install(home, HostClassPath.spark(), jdk);
    try (HostProcess driver = node.submit("SELECT 1;")) {
      assertThat(driver.exitCode()).isNotZero();
      assertThat(driver.output() + driver.errors()).contains(REASON);
    }
  }

  /** A workspace that servers have left: see the README.md beside it. */
  static void walToolWorks(Path home, Jdk jdk, Distribution distribution) throws Exception {
    HBaseNode node = HBaseNode.install(home, HostClassPath.hbase(), jdk);
    node.drop(distribution.jar("hbase-wal-plugin"));
    node.appendDocumentedLines(distribution.documentation());
    node.writeSite();
    copy("hbase-wal-plugin/src/test/resources/formats/embedded-0.1.0", node.workspaces());

    assertThat(wal(node, distribution, jdk, "workspaces")).contains("prod");
    assertThat(wal(node, distribution, jdk, "ls", "-R", "--json", "prod"))
        .contains("bwal://prod/hbase/oldWALs/sealed");
    assertThat(wal(node, distribution, jdk, "cat", "bwal://prod/hbase/oldWALs/sealed"))
        .isEqualTo("written, sealed and moved");
    assertThat(wal(node, distribution, jdk, "du", "prod")).contains("/hbase");
    wal(node, distribution, jdk, "fence", "--yes", "bwal://prod/hbase/WALs/rs1");
    assertThat(wal(node, distribution, jdk, "ls", "-R", "--json", "prod"))
        .contains("\"sealed\"")
        .doesNotContain("\"open\"");
    wal(node, distribution, jdk, "scavenge", "prod");
    try (HostProcess verify = node.walTool(distribution, jdk, "verify", "prod")) {
      assertThat(verify.exitCode()).isNotZero();
      assertThat(verify.errors()).contains(REASON);
    }
  }

  private static String wal(HBaseNode node, Distribution distribution, Jdk jdk, String... arguments)
      throws IOException, InterruptedException {
    try (HostProcess tool = node.walTool(distribution, jdk, arguments)) {
      return tool.succeed();
    }
  }

  /** A spool that a driver has left: see the README.md beside it. */
  static void lineageToolWorks(Path home, Jdk jdk, Distribution distribution) throws Exception {
    SparkNode node = SparkNode.install(home, HostClassPath.spark(), jdk);
    node.drop(distribution.jar("spark-listener"));
    copy("spark-listener/src/test/resources/formats/spool-0.1.0", node.spool());

    String spool = node.spool().toString();
    try (HostProcess ls = node.lineageTool(distribution, "ls", "--spool-dir", spool, "--json")) {
      assertThat(ls.succeed()).contains("\"waiting\":3");
    }
    try (HostProcess tail = node.lineageTool(distribution, "tail", spool, "--once")) {
      assertThat(tail.succeed()).contains("COMPLETE test:a");
    }
    Path page = home.resolve("page.html");
    try (HostProcess view = node.lineageTool(distribution, "view", spool, "-o", page.toString())) {
      assertThat(view.succeed()).contains("page.html: 4 events");
    }
  }

  private static void copy(String resources, Path target) throws IOException {
    Path source = HostClassPath.HOSTS.resolve("../..").resolve(resources).toRealPath();
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }
}
