package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README.md's install block for HBase, followed on an HBase made of its artifacts. */
class HBaseInstallIT {

  @TempDir private Path directory;

  @Test
  void acknowledgedRow_isThereAfterTheKillOfEveryServer() throws Exception {
    Distribution distribution = Distribution.unpack(directory);
    HBaseNode node = HBaseNode.install(directory.resolve("hbase"));
    node.drop(distribution.jar("hbase-wal-plugin"));
    node.appendDocumentedLines(distribution.documentation());

    try (HostProcess servers = node.start()) {
      assertThat(node.rows("put", "t", "r1", "v1")).contains("acknowledged r1");
      assertThat(servers.output())
          .as("what README.md says one will see")
          .contains(
              "Instantiating WALProvider of type class"
                  + " io.breakwater.wal.BreakwaterGroupingProvider",
              "Workspace prod belongs to ");
      servers.kill();
    }
    assertThat(node.stockLogs()).doesNotExist();

    try (HostProcess tool =
        HostProcess.start(
            directory,
            "breakwater-wal",
            Map.of("HBASE_HOME", node.home().toString()),
            List.of(
                distribution.tool("breakwater-wal").toString(), "ls", "-R", "--json", "prod"))) {
      assertThat(tool.succeed()).contains("bwal://prod/hbase/WALs/");
    }

    try (HostProcess servers = node.start()) {
      assertThat(node.rows("get", "t", "r1")).contains("value v1");
      assertThat(servers.isAlive()).isTrue();
    }
  }
}
