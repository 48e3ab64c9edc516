package io.breakwater.lineage;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A process of this Java with the plugin's jar, as a cluster gets it, in the place of its classes.
 * Killed when closed.
 */
public final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final Path output;
  private final Path log;

  private ChildJvm(Process process, Path output, Path log) {
    this.process = process;
    this.output = output;
    this.log = log;
  }

  /** The test's class path with {@code pluginJar} instead of the plugin's classes and picocli. */
  public static String classPath(Path pluginJar, Predicate<String> keep) {
    String sep = File.separator;
    Stream<String> host =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.endsWith("target" + sep + "classes"))
            .filter(entry -> !entry.endsWith(pluginJar.getFileName().toString()))
            .filter(entry -> !entry.contains(sep + "picocli" + sep))
            .filter(keep);
    return String.join(
        File.pathSeparator, Stream.concat(Stream.of(pluginJar.toString()), host).toList());
  }

  public static ChildJvm start(
      Path directory, String name, String classPath, List<String> jvmArguments, String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElse("java"));
    line.add("-Xmx1g");
    // These processes live for seconds: what they spend is spent on starting.
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-XX:+UseSerialGC");
    line.add("-Djava.net.preferIPv4Stack=true");
    for (String opened :
        List.of(
            "java.lang",
            "java.lang.invoke",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "sun.nio.ch",
            "sun.security.action",
            "sun.util.calendar")) {
      line.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    Path log = directory.resolve(name + ".log");
    line.add("-Dbreakwater.log=" + log);
    line.addAll(jvmArguments);
    line.add("-cp");
    line.add(classPath);
    line.addAll(List.of(command));
    Path output = directory.resolve(name + ".out");
    Process process =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new ChildJvm(process, output, log);
  }

  /** What the process has printed. */
  public String output() throws IOException {
    return Files.readString(output);
  }

  /** What the process has logged. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** The exit code. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException("Process " + process.pid() + " does not end: " + output);
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
