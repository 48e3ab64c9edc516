package io.breakwater.install;

import java.nio.file.Path;
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

    HBaseScenario.acknowledgedRowSurvivesTheKillOfEveryServer(node, distribution);
  }
}
