package io.breakwater.lineage.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.lineage.view.EventJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewCommandTest {

  @TempDir private Path directory;

  private static String line(String job, String run) {
    return EventJson.run(job, run, "COMPLETE", "10:00:00")
        .input(EventJson.table("/in/" + job))
        .line();
  }

  private Path page() {
    return directory.resolve("lineage.html");
  }

  private JsonNode model() throws IOException {
    String html = Files.readString(page());
    int begin = html.indexOf("id=\"model\">") + "id=\"model\">".length();
    return new ObjectMapper().readTree(html.substring(begin, html.indexOf("</script>", begin)));
  }

  private List<String> jobs() throws IOException {
    return model().get("jobs").findValuesAsText("name");
  }

  @Test
  void file_becomesAPage() throws IOException {
    Path events =
        Files.writeString(directory.resolve("e.log"), line("a", "1") + "\n" + line("b", "2"));
    ToolRun run = ToolRun.of("view", events, "-o", page());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(page() + ": 2 events, 2 datasets, 2 jobs, 2 runs\n");
    assertThat(jobs()).containsExactly("a", "b");
  }

  @Test
  void directory_isReadWithItsCompressedFilesAndItsDirectories() throws IOException {
    Path events = Files.createDirectories(directory.resolve("events/2026"));
    Files.writeString(events.resolve("a.jsonl"), line("a", "1") + "\n");
    Files.writeString(events.resolve("other.txt"), "no events");
    try (OutputStream gz =
        new GZIPOutputStream(Files.newOutputStream(events.resolve("b.ndjson.gz")))) {
      gz.write(line("b", "2").getBytes(StandardCharsets.UTF_8));
    }
    assertThat(ToolRun.of("view", events.getParent(), "-o", page()).exitCode()).isZero();
    assertThat(jobs()).containsExactly("a", "b");
  }

  @Test
  void deadLetters_areEventsToo() throws IOException {
    Path letters = Files.createDirectories(directory.resolve("spool/dead-letter"));
    String event = new ObjectMapper().writeValueAsString(line("a", "1"));
    Files.writeString(
        letters.resolve("driver-1.jsonl"),
        "{\"refusedAt\": \"2026-11-20T10:00:00Z\", \"reason\": \"422\", \"event\": "
            + event
            + "}\n");
    assertThat(ToolRun.of("view", letters.getParent(), "-o", page()).exitCode()).isZero();
    assertThat(jobs()).containsExactly("a");
  }

  @Test
  void jobPattern_picksJobsByNameOrNamespaceAndName() throws IOException {
    Path events =
        Files.writeString(
            directory.resolve("e.jsonl"),
            line("daily.a", "1") + "\n" + line("daily.b", "2") + "\n" + line("dailyXa", "3"));
    ToolRun.of("view", events, "-o", page(), "--job", "daily.?");
    assertThat(jobs()).containsExactly("daily.a", "daily.b");
    ToolRun.of("view", events, "-o", page(), "--job", "prod:*a");
    assertThat(jobs()).containsExactly("daily.a", "dailyXa");
  }

  @Test
  void linesThatAreNoEvents_areNamedAndTheRestDrawn() throws IOException {
    Path events =
        Files.writeString(
            directory.resolve("e.jsonl"), "oops\n\n" + line("a", "1") + "\n{\"half\": \n{}\n");
    ToolRun run = ToolRun.of("view", events, "-o", page(), "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("Cannot read line 1 of " + events + ": no JSON: Unrecognized token 'oops'")
        .contains("Cannot read line 4 of " + events);
    JsonNode result = new ObjectMapper().readTree(run.out());
    assertThat(result.get("unreadable").asInt()).isEqualTo(3);
    assertThat(result.get("events").asInt()).isEqualTo(1);
    assertThat(jobs()).containsExactly("a");
  }

  @Test
  void limit_isNamedInThePageAndOnTheTerminal() throws IOException {
    Path events =
        Files.writeString(directory.resolve("e.jsonl"), line("a", "1") + "\n" + line("b", "2"));
    ToolRun run = ToolRun.of("view", events, "-o", page(), "--max-datasets", "1");
    String notice = "There are more than 1 jobs; those that come later in the events are left out.";
    assertThat(run.out()).contains(notice);
    assertThat(model().get("notices").toString()).contains(notice);
  }

  @Test
  void inputThatIsMissing_isNamed() {
    Path missing = directory.resolve("nowhere");
    ToolRun run = ToolRun.of("view", missing, "-o", page());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("Cannot read events from " + missing + ": it does not exist\n");
    assertThat(page()).doesNotExist();
  }

  @Test
  void limitOfZero_isAWrongUsage() throws IOException {
    Path events = Files.writeString(directory.resolve("e.jsonl"), line("a", "1"));
    ToolRun run = ToolRun.of("view", events, "-o", page(), "--max-runs", "0");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("Invalid runs: 0, must be at least 1");
  }
}
