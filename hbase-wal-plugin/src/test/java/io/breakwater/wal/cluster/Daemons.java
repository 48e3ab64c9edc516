package io.breakwater.wal.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * Starts HBase's own main classes as child processes. They get the host's libraries of this JVM's
 * class path, the given plugin jars, and nothing of what this module compiles: a plugin is loaded
 * from its jar or not at all.
 */
final class Daemons {

  private static final String LOGGING =
      """
      log4j.rootLogger=INFO,console
      log4j.appender.console=org.apache.log4j.ConsoleAppender
      log4j.appender.console.layout=org.apache.log4j.PatternLayout
      log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %-5p [%t] %c{2}: %m%n
      log4j.logger.org.apache.zookeeper=WARN
      """;

  private final Path directory;
  private final Path configuration;
  private final String classPath;
  private final List<String> jvmArguments;

  /**
   * @param directory for the configuration, the temporary files and the logs
   * @param configurationName the directory of the configuration in there
   */
  Daemons(Path directory, String configurationName, Configuration site, List<Path> pluginJars) {
    this.directory = directory;
    this.configuration = directory.resolve(configurationName);
    this.classPath =
        Stream.concat(Stream.concat(Stream.of(configuration), pluginJars.stream()), hostLibraries())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    this.jvmArguments = hostArguments();
    try {
      Files.createDirectories(configuration);
      Files.createDirectories(directory.resolve("tmp"));
      Files.writeString(configuration.resolve("log4j.properties"), LOGGING);
      try (var out = Files.newOutputStream(configuration.resolve("hbase-site.xml"))) {
        site.writeXml(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the cluster's configuration in " + directory, e);
    }
  }

  ClusterProcess start(
      String name, int port, int heapMegabytes, Class<?> main, String... arguments) {
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.addAll(
        List.of(
            "-Xmx" + heapMegabytes + "m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.net.preferIPv4Stack=true",
            "-Djava.io.tmpdir=" + directory.resolve("tmp"),
            "-Dlog4j.configuration=" + configuration.resolve("log4j.properties").toUri(),
            "-cp",
            classPath,
            main.getName()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      ProcessReaper.watch(process);
      return new ClusterProcess(name, port, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + " in " + directory, e);
    }
  }

  /** The jars of the class path, without the plugin's own jar: the caller says which one to use. */
  private static Stream<Path> hostLibraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::isRegularFile)
        .filter(path -> !path.getFileName().toString().startsWith("hbase-wal-plugin"));
  }

  /** HBase needs these modules open; its launcher script and this module's build both say so. */
  private static List<String> hostArguments() {
    List<String> arguments =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(
                argument ->
                    argument.startsWith("--add-opens=")
                        || argument.startsWith("--add-exports=")
                        || argument.startsWith("-Dorg.apache.hbase.thirdparty."))
            .toList();
    if (arguments.isEmpty()) {
      throw new IllegalStateException(
          "Cannot start HBase on Java 17: this JVM was started without --add-opens;"
              + " give it the arguments of the property hbase.jvm.args of the parent pom");
    }
    return arguments;
  }
}
