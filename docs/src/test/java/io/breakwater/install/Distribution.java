package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The archive of this build, unpacked as its reader would. Immutable. */
public final class Distribution {

  /** The plugins, by the names of their jars. */
  public static final List<String> PLUGINS =
      List.of("hbase-wal-plugin", "iceberg-maintenance", "spark-listener");

  private static final String VERSION = System.getProperty("breakwater.version");

  private final Path home;

  private Distribution(Path home) {
    this.home = home;
  }

  /** The archive itself. */
  public static Path archive() {
    return Path.of(System.getProperty("breakwater.dist"));
  }

  public static String version() {
    return VERSION;
  }

  /** Unpacks the archive into {@code directory}, with {@code tar}. */
  public static Distribution unpack(Path directory) throws IOException, InterruptedException {
    try (HostProcess tar =
        HostProcess.start(
            directory, "tar", Map.of(), List.of("tar", "-xzf", archive().toString()))) {
      tar.succeed();
    }
    return new Distribution(directory.resolve("breakwater-" + VERSION));
  }

  public Path home() {
    return home;
  }

  public Path jar(String plugin) {
    return home.resolve("jars").resolve(plugin + "-" + VERSION + ".jar");
  }

  /** A tool's script. */
  public Path tool(String name) {
    return home.resolve("bin").resolve(name);
  }

  public InstallDocumentation documentation() throws IOException {
    return new InstallDocumentation(Files.readString(home.resolve("README.md")));
  }

  /** Every file, relative to {@link #home}. */
  public List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> home.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
