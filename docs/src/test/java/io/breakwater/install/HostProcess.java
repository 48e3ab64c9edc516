package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A child process whose output is kept in two files. It is killed when it is closed or when this
 * JVM ends, whichever comes first.
 */
public final class HostProcess implements AutoCloseable {

  private static final int TIMEOUT_MINUTES = 5;

  private final Process process;
  private final Path out;
  private final Path err;
  private final Thread reaper;

  private HostProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
    this.reaper = new Thread(process::destroyForcibly, "reaper of " + process.pid());
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /**
   * Starts a command in {@code directory}.
   *
   * @param name that of its two files in there, {@code name.out} and {@code name.err}
   * @param environment added to that of this JVM
   */
  public static HostProcess start(
      Path directory, String name, Map<String, String> environment, List<String> command)
      throws IOException {
    return start(directory, directory, name, environment, command);
  }

  /** The same, with the two files in {@code logs}. */
  static HostProcess start(
      Path directory, Path logs, String name, Map<String, String> environment, List<String> command)
      throws IOException {
    Path out = logs.resolve(name + ".out");
    Path err = logs.resolve(name + ".err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return new HostProcess(
        builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
  }

  /** What it has printed so far. */
  public String output() throws IOException {
    return Files.readString(out);
  }

  /** What it has printed so far on its standard error. */
  public String errors() throws IOException {
    return Files.readString(err);
  }

  /** Waits for its end; fails with all that it printed if that is not exit code 0. */
  public String succeed() throws IOException, InterruptedException {
    int code = exitCode();
    if (code != 0) {
      throw new AssertionError("Exit code " + code + "\n" + output() + "\n" + errors());
    }
    return output();
  }

  /** Waits for its end. */
  public int exitCode() throws IOException, InterruptedException {
    if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
      throw new AssertionError(
          "Alive after " + TIMEOUT_MINUTES + " minutes\n" + output() + "\n" + errors());
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(reaper);
    } catch (IllegalStateException thisJvmEnds) {
      reaper.setName("reaper of the dead");
    }
  }
}
