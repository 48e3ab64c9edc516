package io.breakwater.install;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README.md's install blocks for Spark, each alone, on a Spark made of its artifacts. */
class SparkInstallIT {

  @TempDir private Path directory;

  private Distribution distribution;
  private SparkNode node;

  @BeforeEach
  void install() throws Exception {
    distribution = Distribution.unpack(directory);
    node = SparkNode.install(directory.resolve("spark"));
  }

  @Test
  void procedures_repackDeletionVectorsAndTheAnswersStay() throws Exception {
    node.drop(distribution.jar("iceberg-maintenance"));
    node.appendDocumentedProcedures(distribution.documentation());

    try (HostProcess driver = node.submit(IcebergCalls.STATEMENTS)) {
      IcebergCalls.check(driver.succeed());
    }
  }

  @Test
  void listener_keepsEventsWhileTheBackendIsDownAndTheToolSendsThem() throws Exception {
    node.drop(distribution.jar("spark-listener"));
    int port = LoopbackPort.free();
    node.appendDocumentedListener(distribution.documentation(), port);

    LineageScenario.eventsWaitForTheBackendAndTheToolSendsThem(node, distribution, port);
  }
}
