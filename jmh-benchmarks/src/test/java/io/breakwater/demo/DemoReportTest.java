package io.breakwater.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoReportTest {

  private static final String GOOD =
      """
      {"part":"p","title":"Some <part>","seconds":1.5,
       "checks":[{"name":"lost rows","expected":"0","actual":"0","ok":true}],
       "figures":[{"name":"rows","value":"7"}],"html":"<svg id='graph'></svg>","failure":null}
      """;

  @TempDir Path directory;

  @BeforeEach
  void everyPartIsGood() throws IOException {
    for (String part : new String[] {"wal", "deletion-vectors", "lineage"}) {
      Files.writeString(directory.resolve(part + ".json"), GOOD);
    }
  }

  @Test
  void goodParts_makeASuccess() throws IOException {
    DemoReport report = DemoReport.read(directory);
    assertThat(report.problems()).isEmpty();
    assertThat(printed(report)).contains("lost rows", "The demo succeeded.");
    assertThat(report.html())
        .contains("Some &lt;part&gt;", "<svg id='graph'></svg>", "succeeded")
        .doesNotContain("FAILED");
  }

  @Test
  void missingPart_isAFailure() throws IOException {
    Files.delete(directory.resolve("lineage.json"));
    DemoReport report = DemoReport.read(directory);
    assertThat(report.problems())
        .singleElement()
        .asString()
        .startsWith("lineage: left no findings");
    assertThat(printed(report)).contains("The demo FAILED.");
    assertThat(report.html()).contains("FAILED");
  }

  @Test
  void unexpectedFinding_isAFailureThatNamesIt() throws IOException {
    Files.writeString(
        directory.resolve("wal.json"),
        GOOD.replace("\"actual\":\"0\",\"ok\":true", "\"actual\":\"50\",\"ok\":false"));
    assertThat(DemoReport.read(directory).problems())
        .containsExactly("wal: lost rows: expected 0, but was 50");
  }

  @Test
  void partThatBrokeOff_isAFailure_evenIfItsChecksAreGood() throws IOException {
    Files.writeString(
        directory.resolve("wal.json"),
        GOOD.replace("\"failure\":null", "\"failure\":\"java.io.IOException: no port\\n at x\""));
    assertThat(DemoReport.read(directory).problems())
        .containsExactly("wal: java.io.IOException: no port");
  }

  @Test
  void partThatCheckedNothing_isAFailure() throws IOException {
    Files.writeString(directory.resolve("wal.json"), "{\"title\":\"t\",\"checks\":[]}");
    assertThat(DemoReport.read(directory).problems()).containsExactly("wal: checked nothing");
  }

  private static String printed(DemoReport report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
