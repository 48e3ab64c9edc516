package io.breakwater.benchmarks;

import io.breakwater.results.RunConditions;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts a program as a process with the class path, the heap and the openings that it needs. */
final class ProgramProcess {

  /** Of the module beside this one, which is built with Spark and nothing else of its size. */
  private static final String SPARK_CLASS_PATH = "spark-listener/target/spark.classpath";

  /** Its logging, if it were there, would be taken by servers that a benchmark starts. */
  private static final Pattern EVENT_CLASSES =
      Pattern.compile("/(spark-(core|catalyst|sql)_|scala-library-)[^/]+$");

  private ProgramProcess() {}

  /** Runs {@code macro} to its end and returns its exit code. */
  static int run(Macro macro, List<String> arguments) throws IOException, InterruptedException {
    boolean spark = macro.host() == Macro.Host.SPARK;
    // In front, because HBase brings other versions of some libraries.
    Stream<String> front = spark ? spark().stream() : Stream.empty();
    List<String> jvm = new ArrayList<>(openings(spark ? "spark" : "hbase"));
    jvm.addAll(macro.heap());
    return run(jvm, joined(Stream.concat(front, Stream.of(ours()))), macro.program(), arguments);
  }

  /** Runs JMH in the same way; of Spark it gets what events of lineage are handed over with. */
  static int runJmh(List<String> arguments) throws IOException, InterruptedException {
    Stream<String> classes =
        spark().stream().filter(jar -> EVENT_CLASSES.matcher(jar.replace('\\', '/')).find());
    return run(
        openings("hbase"),
        joined(Stream.concat(Stream.of(ours()), classes)),
        JmhRun.class,
        arguments);
  }

  private static String joined(Stream<String> classPath) {
    return classPath.collect(Collectors.joining(File.pathSeparator));
  }

  private static int run(
      List<String> jvm, String classPath, Class<?> program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    System.getProperties().stringPropertyNames().stream()
        .filter(RunConditions::isOurs)
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(List.of("-cp", classPath, program.getName()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).inheritIO().start();
    Thread reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
    int exit = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(reaper);
    return exit;
  }

  private static String ours() {
    return System.getProperty("java.class.path");
  }

  private static List<String> openings(String host) throws IOException {
    Properties properties = new Properties();
    try (InputStream stream = ProgramProcess.class.getResourceAsStream("jvm.properties")) {
      properties.load(stream);
    }
    return List.of(properties.getProperty(host).split(" "));
  }

  private static List<String> spark() throws IOException {
    String home = System.getenv("SPARK_HOME");
    if (home != null) {
      try (Stream<Path> jars = Files.list(Path.of(home, "jars"))) {
        return jars.map(Path::toString).sorted().toList();
      }
    }
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path file = up.resolve(SPARK_CLASS_PATH);
      if (Files.exists(file)) {
        return List.of(Files.readString(file).strip().split(File.pathSeparator));
      }
    }
    throw new IOException(
        "Cannot find Spark: SPARK_HOME is not set, and there is no "
            + SPARK_CLASS_PATH
            + " here or above; build with mvn package -DskipTests, and run from within the"
            + " repository");
  }
}
