package io.breakwater.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

  @TempDir Path directory;

  @Test
  void written_isReadBackWithItsConditions() throws IOException {
    RunConditions.write(
        directory.resolve("a.json"),
        RunConditions.now("planning RESULTS"),
        Map.of("rows", List.of(Map.of("millis", 3), Map.of("millis", 9), Map.of("millis", 5))));

    Results.Measured measured = new Results(directory).read("a.json");

    assertThat(measured.rows("rows").median("millis")).isEqualTo(5);
    assertThat(measured.conditions())
        .contains("Java " + Runtime.version())
        .contains("processors")
        .contains("load ")
        .contains("-jar jmh-benchmarks/target/benchmarks.jar planning RESULTS");
  }

  @Test
  void fileWithoutConditions_isNotPublished() throws IOException {
    Files.writeString(directory.resolve("a.json"), "{\"rows\": []}");

    assertThatThrownBy(() -> new Results(directory).read("a.json"))
        .hasMessageContaining("it does not say when it was measured (run.when)");
  }

  @Test
  void runsOfADirectory_areTheNewestFirst() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("jmh"));
    for (String when : List.of("2026-01-01T00:00Z", "2026-03-01T00:00Z", "2026-02-01T00:00Z")) {
      RunConditions.write(
          folder.resolve(when.substring(0, 7) + ".json"), Map.of("when", when), Map.of());
    }

    assertThat(new Results(directory).readAll("jmh"))
        .extracting(measured -> measured.root().at("/run/when").asText())
        .containsExactly("2026-03-01T00:00Z", "2026-02-01T00:00Z", "2026-01-01T00:00Z");
  }

  @Test
  void wordsWithAFigureThatIsNotThere_areNotPublished() {
    assertThatThrownBy(() -> Prose.fill("a.md", "It took {{time}} ms.", Map.of("rows", "3")))
        .hasMessage("Cannot publish a.md: there is no figure time, only [rows]");
  }

  @Test
  void bar_saysWhetherItIsMet() {
    assertThat(Figures.atMost(0.3, 0.3)).isEqualTo("<= 0.3, met");
    assertThat(Figures.atLeast(7.9, 8)).isEqualTo(">= 8, **missed**");
    assertThat(Figures.atMost(Double.NaN, 0.5)).isEqualTo("<= 0.5, not measured");
  }
}
