package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One operating-system process of an {@link HBaseCluster}, and what can be done to it. */
public final class ClusterProcess {

  private static final int TAIL_LINES = 40;

  private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);

  private final String name;
  private final int port;
  private final Process process;
  private final Path log;
  private volatile boolean disturbed;

  ClusterProcess(String name, int port, Process process, Path log) {
    this.name = name;
    this.port = port;
    this.process = process;
    this.log = log;
  }

  /** For example {@code regionserver-1}; also the name of its log file. */
  public String name() {
    return name;
  }

  /** The port it serves its clients on. */
  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** Everything that the process logged or printed. */
  public Path log() {
    return log;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() {
    sendKill();
    awaitExit(SIGNAL_TIMEOUT);
  }

  void sendKill() {
    disturbed = true;
    process.destroyForcibly();
  }

  /** SIGTERM, on which HBase closes its regions; returns when the process is gone. */
  public void stop() {
    disturbed = true;
    process.destroy();
    awaitExit(STOP_TIMEOUT);
  }

  /** SIGTERM, after which the process ends in good order; returns when it is gone. */
  public void terminate() {
    signal("TERM");
    awaitExit(SIGNAL_TIMEOUT);
  }

  /** SIGSTOP: the process keeps its memory, connections and files, and does nothing. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT: the process goes on as if no time had passed. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    disturbed = true;
    try {
      // The shell's own kill: not every machine has the command.
      Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid()).start();
      if (!kill.waitFor(SIGNAL_TIMEOUT.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException(
            "Cannot send SIG%s to %s: it is %s".formatted(signal, this, state()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot send SIG%s to %s".formatted(signal, this), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sending SIG" + signal + " to " + this, e);
    }
  }

  /**
   * Waits for the process to end by itself or by an earlier signal.
   *
   * @return its exit status
   * @throws IllegalStateException if it is still alive after {@code timeout}
   */
  public int awaitExit(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "%s is still alive after %s\n%s".formatted(this, timeout, logTail()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the end of " + this, e);
    }
  }

  /** Whether a line of the log contains {@code text}. */
  public boolean logContains(String text) {
    return !logLines(text).isEmpty();
  }

  /** The lines of the log that contain {@code text}. */
  public List<String> logLines(String text) {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.contains(text)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the log of " + this, e);
    }
  }

  /** Dead although nobody sent it a signal. */
  boolean diedByItself() {
    return !disturbed && !process.isAlive();
  }

  /** The last lines of the log under a heading that names the file. */
  String logTail() {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      List<String> all = lines.toList();
      List<String> tail = all.subList(Math.max(0, all.size() - TAIL_LINES), all.size());
      return "--- end of %s\n%s".formatted(log, String.join("\n", tail));
    } catch (IOException e) {
      return "--- %s cannot be read: %s".formatted(log, e);
    }
  }

  private String state() {
    return process.isAlive() ? "alive" : "dead, exit status " + process.exitValue();
  }

  @Override
  public String toString() {
    return "%s (pid %d, port %d, %s)".formatted(name, pid(), port, state());
  }
}
