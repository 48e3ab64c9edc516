package io.breakwater.wal.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ProcessReaperTest {

  @Test
  void watchedProcess_diesWithTheJvmThatStartedIt_evenIfThatIsKilledAndTheProcessIsPaused()
      throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = parent.inputReader(US_ASCII)) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      try {
        assertThat(child.isAlive()).isTrue();

        parent.destroyForcibly().waitFor();

        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(child.isAlive()).isFalse());
      } finally {
        child.destroyForcibly();
      }
    } finally {
      parent.destroyForcibly();
    }
  }

  /** Starts and pauses a child, prints its pid, and waits for the end. */
  static final class Parent {
    public static void main(String[] arguments) throws IOException, InterruptedException {
      Process child = new ProcessBuilder("sleep", "600").start();
      ProcessReaper.watch(child);
      new ClusterProcess("child", 0, child, Path.of("no.log")).pause();
      System.out.println(child.pid());
      child.waitFor();
    }
  }
}
