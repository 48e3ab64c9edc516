package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * A shell beside this JVM that kills the registered processes when this JVM is gone, however it
 * went: the end of the shell's standard input is the signal. Unlike a shutdown hook it survives a
 * SIGKILL of this JVM, and unlike a thread inside the child it also ends a child that is stopped
 * (SIGSTOP). Thread-safe.
 */
final class ProcessReaper {

  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      alive=
      while read event pid; do
        case $event in
          started) alive="$alive $pid" ;;
          exited)
            rest=
            for p in $alive; do [ "$p" = "$pid" ] || rest="$rest $p"; done
            alive=$rest ;;
        esac
      done
      [ -z "$alive" ] || kill -KILL $alive
      """;

  private static ProcessReaper instance;

  private final Writer events;

  private ProcessReaper(Writer events) {
    this.events = events;
  }

  /** Has the process killed at the end of this JVM, unless it exits before. */
  static synchronized void watch(Process process) {
    if (instance == null) {
      instance = start();
    }
    instance.tell("started", process.pid());
    // A pid that is free again may belong to a stranger by the time this JVM ends.
    var unused = process.onExit().thenAccept(exited -> instance.tell("exited", exited.pid()));
  }

  private static ProcessReaper start() {
    try {
      Process shell =
          new ProcessBuilder("sh", "-c", SCRIPT)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new ProcessReaper(shell.outputWriter(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start the process reaper: no shell `sh`", e);
    }
  }

  private synchronized void tell(String event, long pid) {
    try {
      events.write(event + " " + pid + "\n");
      events.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot tell the process reaper that %d has %s".formatted(pid, event), e);
    }
  }
}
