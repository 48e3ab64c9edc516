package io.breakwater.install;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a host's own Maven artifacts bring, and nothing of ours. Immutable.
 *
 * @param name of the host
 * @param file holds the jars, separated as in a class path
 * @param program uses the host
 */
record HostClassPath(String name, Path file, Path program) {

  /** Where a host's artifacts and its program are declared. */
  static final Path HOSTS = Path.of(System.getProperty("breakwater.hosts"));

  /** HBase of the version that the build is for. */
  static HostClassPath hbase() {
    return ofBuild("hbase");
  }

  /** Spark of the version that the build is for, with Iceberg and OpenLineage. */
  static HostClassPath spark() {
    return ofBuild("spark");
  }

  private static HostClassPath ofBuild(String name) {
    Path target = HOSTS.resolve(name).resolve("target");
    String program = "breakwater-host-%s-%s.jar".formatted(name, Distribution.version());
    return new HostClassPath(name, target.resolve("class-path.txt"), target.resolve(program));
  }

  /** The same host in the version whose jars {@code otherFile} holds. */
  HostClassPath ofVersion(Path otherFile) {
    return new HostClassPath(name, otherFile, program);
  }

  List<Path> jars() throws IOException {
    String classPath = Files.readString(file);
    return Stream.of(classPath.trim().split(File.pathSeparator)).map(Path::of).toList();
  }

  /** Puts the jars into {@code lib} as a package of the host would; symbolic links do. */
  void install(Path lib) throws IOException {
    Files.createDirectories(lib);
    for (Path jar : jars()) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
