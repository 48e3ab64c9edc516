package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

/** What HBase with the plugin has to do; the plugin is installed and configured already. */
final class HBaseScenario {

  private HBaseScenario() {}

  /** A row is written, every server is killed, and the next ones still have it. */
  static void acknowledgedRowSurvivesTheKillOfEveryServer(HBaseNode node, Distribution distribution)
      throws Exception {
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
        node.walTool(distribution, Jdk.current(), "ls", "-R", "--json", "prod")) {
      assertThat(tool.succeed()).contains("bwal://prod/hbase/WALs/");
    }

    try (HostProcess servers = node.start()) {
      assertThat(node.rows("get", "t", "r1")).contains("value v1");
      assertThat(servers.isAlive()).isTrue();
    }
  }
}
