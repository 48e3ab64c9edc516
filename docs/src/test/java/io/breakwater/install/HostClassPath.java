package io.breakwater.install;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a host's own Maven artifacts bring, and nothing of ours. */
enum HostClassPath {
  HBASE,
  SPARK;

  private static final Path HOSTS = Path.of(System.getProperty("breakwater.hosts"));

  List<Path> jars() throws IOException {
    String classPath = Files.readString(target().resolve("class-path.txt"));
    return Stream.of(classPath.trim().split(File.pathSeparator)).map(Path::of).toList();
  }

  /** The program that uses the host. */
  Path program() {
    return target()
        .resolve("breakwater-host-%s-%s.jar".formatted(directory(), Distribution.version()));
  }

  /** Puts the jars into {@code lib} as a package of the host would; symbolic links do. */
  void install(Path lib) throws IOException {
    Files.createDirectories(lib);
    for (Path jar : jars()) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
    }
  }

  private Path target() {
    return HOSTS.resolve(directory()).resolve("target");
  }

  private String directory() {
    return this == HBASE ? "hbase" : "spark";
  }
}
