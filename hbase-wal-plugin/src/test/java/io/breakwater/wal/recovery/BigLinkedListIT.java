package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** HBase's own test for lost writes, while region servers are killed. */
class BigLinkedListIT {

  /** Written by the build with {@code -Pfaults}. */
  private static final Path CLASS_PATH = Path.of("big-linked-list.classpath");

  private static final int ITERATIONS = 3;
  private static final int MAPPERS = 2;
  private static final int NODES_PER_MAPPER = 100_000;
  private static final int WIDTH = 1_000;
  private static final int WRAP = 25;
  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(10);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  @Test
  void integrationTestBigLinkedList_findsNothingLost_whileRegionServersAreKilled()
      throws Exception {
    assumeTrue(Files.exists(CLASS_PATH), "IntegrationTestBigLinkedList: only with -Pfaults");
    try (BookieCluster bookies = BookieCluster.start(directory.resolve("bookies"), 3);
        HBaseCluster cluster = HBaseCluster.in(directory).breakwater(bookies).start()) {
      Path log = directory.resolve("big-linked-list.log");
      Process program = start(cluster.clientConfiguration(), log);
      try {
        int killed = 0;
        while (!program.waitFor(BETWEEN_KILLS.toSeconds(), TimeUnit.SECONDS)) {
          cluster.startRegionServer();
          cluster.awaitRegionServers(3);
          ClusterProcess victim = cluster.regionServers().get(killed++);
          victim.kill();
          cluster.awaitRegionServers(2);
        }
        assertThat(killed).as("killed region servers").isPositive();
      } finally {
        program.destroyForcibly();
      }
      assertThat(program.exitValue()).as("see %s", log).isZero();
      String said = Files.readString(log);
      assertThat(said)
          .contains("REFERENCED=" + ITERATIONS * MAPPERS * NODES_PER_MAPPER)
          .doesNotContain("UNDEFINED=", "UNREFERENCED=", "LOST_FAMILIES=");
    }
  }

  private Process start(Configuration client, Path log) throws IOException {
    Path conf = Files.createDirectories(directory.resolve("big-linked-list"));
    // Without defaults, which are of another version.
    Configuration site = new Configuration(false);
    for (String key : List.of("hbase.zookeeper.quorum", "hbase.zookeeper.property.clientPort")) {
      site.set(key, client.get(key));
    }
    site.set("mapreduce.framework.name", "local");
    site.set("hadoop.tmp.dir", conf.resolve("tmp").toString());
    site.setInt("hbase.client.retries.number", 100);
    try (OutputStream out = Files.newOutputStream(conf.resolve("hbase-site.xml"))) {
      site.writeXml(out);
    }
    String program = "org.apache.hadoop.hbase.test.IntegrationTestBigLinkedList";
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                conf + File.pathSeparator + Files.readString(CLASS_PATH).strip(),
                program,
                "loop",
                Integer.toString(ITERATIONS),
                Integer.toString(MAPPERS),
                Integer.toString(NODES_PER_MAPPER),
                conf.resolve("output").toString(),
                "2",
                Integer.toString(WIDTH),
                Integer.toString(WRAP)))
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
