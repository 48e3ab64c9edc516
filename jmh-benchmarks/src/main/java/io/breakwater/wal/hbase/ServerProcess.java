package io.breakwater.wal.hbase;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Java process on the class path of this one, such as a server of the storage, that is killed
 * when closed or when this process ends.
 */
final class ServerProcess implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  private final String name;
  private final Process process;
  private final Path log;
  private final Thread reaper;

  private ServerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /**
   * Starts {@code main}; {@code directory} takes the log and comes first on the class path, for the
   * configuration.
   */
  static ServerProcess start(
      String name, Path directory, List<String> jvmArguments, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_ARGUMENTS);
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(directory + File.pathSeparator + classPath());
    command.add(main);
    command.addAll(List.of(arguments));
    Path log = directory.resolve(name + ".log");
    try {
      Files.createDirectories(directory);
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new ServerProcess(name, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name, e);
    }
  }

  /** What HBase's own launcher opens on Java 17, and quiet logs. */
  private static final List<String> JVM_ARGUMENTS =
      List.of(
          "-Djava.net.preferIPv4Stack=true",
          "-Dlog4j.configuration=bars-log4j.properties",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.util.zip=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
          "-Dorg.apache.hbase.thirdparty.io.netty.tryReflectionSetAccessible=true");

  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** A free port of every loopback address. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot find a free port", e);
    }
  }

  /** Waits until the process listens at {@code host} and {@code port}. */
  ServerProcess awaitPort(String host, int port) throws InterruptedException, IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), 1_000);
        return this;
      } catch (IOException e) {
        requireAlive();
        if (System.nanoTime() > deadline) {
          throw new IOException(name + " does not listen at " + host + ":" + port + ", see " + log);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  /** Waits for the end of the process and returns what it printed. */
  List<String> awaitOutput(Duration timeout) throws InterruptedException, IOException {
    if (!process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(name + " did not end in " + timeout + ", see " + log);
    }
    if (process.exitValue() != 0) {
      throw new IOException(name + " ended with " + process.exitValue() + ", see " + log);
    }
    return Files.readAllLines(log);
  }

  /** Waits until the process has printed {@code line}. */
  ServerProcess awaitLine(String line) throws InterruptedException, IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!Files.readAllLines(log).contains(line)) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new IOException(name + " does not print '" + line + "', see " + log);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return this;
  }

  private void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(name + " ended with " + process.exitValue() + ", see " + log);
    }
  }

  /** Processor time since the start. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Sends a signal by name, such as STOP. */
  void signal(String signal) throws IOException, InterruptedException {
    // The shell's own kill: not every machine has the command.
    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
        .inheritIO()
        .start()
        .waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(reaper);
    } catch (IllegalStateException e) {
      // This process is ending: its hooks run already, the reaper among them.
    }
  }
}
