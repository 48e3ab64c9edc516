package io.breakwater.lineage.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The spool that a command works on. */
final class SpoolOption {

  @Option(
      names = {"-d", "--spool-dir"},
      required = true,
      paramLabel = "DIR",
      description = "The directory that spark.breakwater.lineage.spool.dir names.")
  private Path directory;

  Path existing() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("Cannot open the spool " + directory + ": it is not a directory");
    }
    return directory;
  }
}
