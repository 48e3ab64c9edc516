package io.breakwater.install;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java 25, if there is one; docs/compatibility.md says what of it is so. */
class LaterJavaIT {

  private static final int FEATURE = 25;

  @TempDir private Path directory;

  private Jdk jdk;

  @BeforeEach
  void findJava() throws Exception {
    Optional<Jdk> found = Jdk.find(FEATURE);
    assumeTrue(found.isPresent(), LaterJavaScenario.missing(FEATURE));
    jdk = found.get();
  }

  @Test
  void walTool_readsAndFencesAWorkspace() throws Exception {
    LaterJavaScenario.walToolWorks(directory.resolve("hbase"), jdk, Distribution.unpack(directory));
  }

  @Test
  void lineageTool_readsASpool() throws Exception {
    LaterJavaScenario.lineageToolWorks(
        directory.resolve("spark"), jdk, Distribution.unpack(directory));
  }

  @Test
  void hosts_doNotStart() throws Exception {
    LaterJavaScenario.hbaseDoesNotStart(directory.resolve("hbase"), jdk);
    LaterJavaScenario.sparkDoesNotStart(directory.resolve("spark"), jdk);
  }
}
