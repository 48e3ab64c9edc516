package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Hosts of other versions than the build's, and the plugin for the older HBase, by Maven. */
final class OtherVersions {

  private static final List<String> SHARED = List.of("pom.xml", "LICENSE", ".mvn");

  private final Path directory;
  private int runs;

  /**
   * @param directory keeps the class paths
   */
  OtherVersions(Path directory) {
    this.directory = directory;
  }

  HostClassPath spark(String spark, String iceberg) throws IOException, InterruptedException {
    return classPath(
        HostClassPath.spark(), "-Dspark.version=" + spark, "-Diceberg.version=" + iceberg);
  }

  HostClassPath hbase(String hbase) throws IOException, InterruptedException {
    return classPath(HostClassPath.hbase(), "-Dhbase.version=" + hbase);
  }

  private HostClassPath classPath(HostClassPath host, String... versions)
      throws IOException, InterruptedException {
    Path file = directory.resolve("class-path-" + (runs + 1) + ".txt");
    List<String> arguments = new ArrayList<>(List.of(versions));
    arguments.add("-Dmdep.outputFile=" + file);
    arguments.add("dependency:build-classpath");
    maven(HostClassPath.HOSTS.resolve(host.name()), arguments);
    return host.ofVersion(file);
  }

  /** Builds the plugin for HBase 2.5 from a copy of its sources; returns its jar. */
  Path pluginForHBase25(String hbase) throws IOException, InterruptedException {
    Path root = HostClassPath.HOSTS.resolve("../..").toRealPath();
    Path copy = directory.resolve("for-hbase-" + hbase);
    for (String name : SHARED) {
      copy(root.resolve(name), copy.resolve(name));
    }
    copy(root.resolve("hbase-wal-plugin/pom.xml"), copy.resolve("hbase-wal-plugin/pom.xml"));
    copy(root.resolve("hbase-wal-plugin/src"), copy.resolve("hbase-wal-plugin/src"));
    maven(
        copy.resolve("hbase-wal-plugin"),
        List.of("-Phbase-2.5", "-Dhbase.version=" + hbase, "-Dmaven.test.skip=true", "package"));
    return copy.resolve("hbase-wal-plugin/target")
        .resolve("hbase-wal-plugin-" + Distribution.version() + ".jar");
  }

  private void maven(Path module, List<String> arguments) throws IOException, InterruptedException {
    runs++;
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("breakwater.maven"));
    command.addAll(List.of("-q", "-B"));
    command.add("-Dmaven.repo.local=" + System.getProperty("breakwater.maven.repository"));
    command.addAll(arguments);
    try (HostProcess maven =
        HostProcess.start(module, directory, "maven-" + runs, Map.of(), command)) {
      maven.succeed();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
