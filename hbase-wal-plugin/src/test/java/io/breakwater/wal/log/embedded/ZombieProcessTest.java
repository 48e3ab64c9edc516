package io.breakwater.wal.log.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** A writer in another process that is stopped, loses its log to recovery, and goes on. */
class ZombieProcessTest {

  @TempDir Path directory;

  @RepeatedTest(5)
  void pausedWriter_getsNoAcknowledgementAfterItsLogWasRecovered() throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
      Thread listener =
          new Thread(
              () -> {
                try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
                  out.lines().forEach(said::add);
                } catch (IOException e) {
                  said.add("failed to listen: " + e);
                }
              });
      listener.start();
      Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> said.size() > 500);
      signal(writer, "STOP");

      EmbeddedWorkspace workspace =
          EmbeddedWorkspace.open(directory, "prod", new EmbeddedOptions(true, 1 << 20));
      long sealed = workspace.recover("/log");
      signal(writer, "CONT");
      assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
      listener.join();

      assertThat(said).last().asString().startsWith("fenced");
      long acknowledged =
          said.stream()
              .filter(line -> line.startsWith("acknowledged "))
              .mapToLong(line -> Long.parseLong(line.substring("acknowledged ".length())))
              .max()
              .orElseThrow();
      assertThat(acknowledged).isLessThanOrEqualTo(sealed);
      try (LogReader reader = workspace.open("/log")) {
        assertThat(reader.length()).isEqualTo(sealed);
        assertThat(WorkspaceContract.readFully(reader))
            .isEqualTo("0123456789".repeat((int) sealed / 10));
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  private static void signal(Process process, String name) throws Exception {
    int exit =
        new ProcessBuilder(List.of("kill", "-" + name, Long.toString(process.pid())))
            .start()
            .waitFor();
    assertThat(exit).isZero();
  }

  /** Appends for ever and says what was acknowledged, until it is refused. */
  static final class Writer {
    public static void main(String[] args) throws Exception {
      EmbeddedWorkspace workspace =
          EmbeddedWorkspace.open(Path.of(args[0]), "prod", new EmbeddedOptions(true, 1 << 20));
      try (LogAppender log = workspace.create("/log")) {
        while (true) {
          System.out.println("acknowledged " + log.append(UTF_8.encode("0123456789")).get());
        }
      } catch (java.util.concurrent.ExecutionException e) {
        System.out.println("fenced " + e.getCause());
      }
    }

    private Writer() {}
  }
}
