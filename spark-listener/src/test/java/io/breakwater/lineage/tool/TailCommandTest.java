package io.breakwater.lineage.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.lineage.view.EventJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TailCommandTest {

  private static final String START =
      EventJson.run("load", "r1", "START", "10:00:00")
          .input(EventJson.table("/a"))
          .input(EventJson.table("/b"))
          .line();
  private static final String FAIL =
      EventJson.run("load", "r1", "FAIL", "10:00:02.5")
          .output(EventJson.table("/c"))
          .error("Cannot write\nat line 7", "")
          .line();

  @TempDir private Path directory;
  private Path events;

  @BeforeEach
  void chooseFile() {
    events = directory.resolve("events.jsonl");
  }

  @Test
  void event_isOneLineWithItsDatasetsDurationAndError() throws IOException {
    Files.writeString(events, START + "\n" + FAIL + "\n");
    ToolRun run = ToolRun.of("tail", events, "--once");
    assertThat(run.out().lines())
        .containsExactly(
            "2026-11-20T10:00:00Z     START    prod:load r1  /a, /b -> ",
            "2026-11-20T10:00:02.5Z   FAIL     prod:load r1   -> /c  2.5 s  Cannot write");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void json_hasTheSameFields() throws IOException {
    Files.writeString(events, START + "\n" + FAIL + "\n");
    List<String> lines = ToolRun.of("tail", events, "--once", "--json").out().lines().toList();
    assertThat(new ObjectMapper().readTree(lines.get(1)))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"time": "2026-11-20T10:00:02.5Z", "type": "FAIL", "job": "prod:load",
                     "run": "r1", "inputs": [], "outputs": ["/c"], "durationMillis": 2500,
                     "error": "Cannot write"}
                    """));
  }

  @Test
  void jobPattern_picksEvents() throws IOException {
    Files.writeString(
        events, START + "\n" + EventJson.run("other", "r2", "START", "10:00:00").line() + "\n");
    assertThat(ToolRun.of("tail", events, "--once", "--job", "oth*").out())
        .contains("prod:other")
        .doesNotContain("prod:load");
  }

  @Test
  void namesThatCommandATerminal_areShown() throws IOException {
    Files.writeString(events, EventJson.run("\u001b[2Jx", "r1", "START", "10:00:00").line() + "\n");
    assertThat(ToolRun.of("tail", events, "--once").out()).contains("prod:\\u001b[2Jx");
  }

  @Test
  void lineThatIsNoJson_isNamed() throws IOException {
    Files.writeString(events, "oops\n" + START + "\n");
    ToolRun run = ToolRun.of("tail", events, "--once");
    assertThat(run.err()).startsWith("Cannot read line 1 of " + events + ": no JSON");
    assertThat(run.out()).contains("prod:load");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  @Timeout(60)
  void eventsThatCome_arePrintedAsTheyCome() throws Exception {
    Files.writeString(events, START + "\n");
    PrintStream stdout = System.out;
    try (PipedInputStream pipe = new PipedInputStream(1 << 16);
        PrintStream printed =
            new PrintStream(new PipedOutputStream(pipe), true, StandardCharsets.UTF_8);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
      System.setOut(printed);
      Thread tail = new Thread(() -> LineageTool.run("tail", events.toString()), "tail");
      tail.start();
      assertThat(lines.readLine()).contains("START");
      // The end of the line comes later, as from a writer that is flushed in the middle.
      Files.writeString(events, FAIL.substring(0, 50), StandardOpenOption.APPEND);
      Files.writeString(events, FAIL.substring(50) + "\n", StandardOpenOption.APPEND);
      assertThat(lines.readLine()).contains("FAIL").contains("2.5 s");
      tail.interrupt();
      tail.join();
    } finally {
      System.setOut(stdout);
    }
  }
}
