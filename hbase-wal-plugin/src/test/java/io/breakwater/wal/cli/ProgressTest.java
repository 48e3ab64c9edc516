package io.breakwater.wal.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long seconds;

  @Test
  void withoutATerminal_aLineSaysHowFarItIs_everyTenSeconds() {
    try (Progress progress = progress(false)) {
      for (int i = 0; i < 25; i++) {
        seconds++;
        progress.bytes(1 << 20);
      }
      progress.logDone();
    }
    assertThat(out.toString(UTF_8).lines())
        .containsExactly(
            "0/4 logs, 10.0 MiB of 40.0 MiB, 0:10", "0/4 logs, 20.0 MiB of 40.0 MiB, 0:20");
  }

  @Test
  void onATerminal_aBarGrows_andIsGoneAtTheEnd() {
    try (Progress progress = progress(true)) {
      seconds = 61;
      progress.bytes(20 << 20);
      assertThat(out.toString(UTF_8))
          .isEqualTo(
              "\r["
                  + "#".repeat(15)
                  + "-".repeat(15)
                  + "] 0/4 logs, 20.0 MiB of 40.0 MiB, 1:01\033[K");
    }
    assertThat(out.toString(UTF_8)).endsWith("\r\033[K");
  }

  @Test
  void shortCommand_saysNothing() {
    try (Progress progress = progress(false)) {
      progress.bytes(40 << 20);
      progress.logDone();
    }
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  private Progress progress(boolean terminal) {
    return new Progress(
        new PrintStream(out, true, UTF_8), terminal, () -> seconds * 1_000_000_000L, 4, 40 << 20);
  }
}
