package io.breakwater.wal.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Makes the directory of a test's cluster below {@code target/clusters} and prints where it is.
 * With {@code @TempDir(cleanup = ON_SUCCESS)} the files and logs of a failed test stay there.
 */
public final class KeptOnFailure implements TempDirFactory {

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws IOException {
    Path clusters = Files.createDirectories(Path.of("target", "clusters").toAbsolutePath());
    Path directory =
        Files.createTempDirectory(clusters, test.getRequiredTestClass().getSimpleName() + "-");
    System.out.println(test.getDisplayName() + ": files and logs are in " + directory);
    return directory;
  }
}
