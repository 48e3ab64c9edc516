package io.breakwater.lineage.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.HttpBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spools, copies and dead letters that earlier builds have left, and ones that a later build may
 * leave, through the command line with a real backend.
 *
 * <p>Each has five events of one driver, the first two of them delivered: a run that was left open,
 * and the runs a and b; and one dead letter.
 */
class StoredFormatsTest {

  @TempDir private Path root;

  @ParameterizedTest
  @ValueSource(strings = {"spool-2d6ef1d", "spool-0.1.0"})
  void spoolOfThisBuild_isSentFromWhereItWasLeft_deadLettersToo(String build) throws Exception {
    StoredSpool.copy(build, root);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      ToolRun run = replay(root, backend, "--dead-letters");
      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(jobs(backend))
          .startsWith("COMPLETE refused", "COMPLETE a", "START b", "COMPLETE b");
    }
    assertThat(StoredSpool.contents(root)).isEmpty();
  }

  @Test
  void digestOfThisBuild_endsTheRunWhoseSegmentIsGone() throws Exception {
    StoredSpool.copy("spool-0.1.0", root);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(root, backend).exitCode()).isZero();
      assertThat(jobs(backend))
          .containsExactly("COMPLETE a", "START b", "COMPLETE b", "ABORT left-open");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive-e73b604", "archive-0.1.0"})
  void archiveOfThisBuild_isSentFromWhereItWasLeft(String build) throws Exception {
    StoredSpool.copy(build, root);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      ToolRun run = replay(root.toUri(), backend);
      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(jobs(backend)).startsWith("COMPLETE a", "START b", "COMPLETE b");
    }
    assertThat(StoredSpool.contents(root)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'\\d+\\.segment', 20", "digest, -1"})
  void laterFileInASpool_keepsItsDriverFromBeingSent_andNoOther(String name, int checksummed)
      throws Exception {
    Path driver = StoredSpool.copy("spool-0.1.0", root);
    Path later = StoredSpool.makeLater(StoredSpool.first(driver, name), checksummed);
    staysBesideAnother(driver, later);
  }

  @Test
  void laterLock_keepsItsDriverFromBeingSent_andNoOther() throws Exception {
    Path driver = StoredSpool.copy("spool-0.1.0", root);
    staysBesideAnother(
        driver, Files.writeString(driver.resolve("owner.lock"), "breakwater-spool 2\n"));
  }

  private void staysBesideAnother(Path driver, Path later) throws Exception {
    Path other = StoredSpool.copy("spool-2d6ef1d", root.resolve("other"));
    Files.move(other, root.resolve(other.getFileName()));
    Map<String, String> before = StoredSpool.contents(driver);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      ToolRun run = replay(root, backend);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(StoredSpool.later(later));
      assertThat(run.out()).contains("drivers unreadable 1");
      assertThat(jobs(backend)).startsWith("COMPLETE a", "START b", "COMPLETE b");
    }
    assertThat(StoredSpool.contents(driver)).isEqualTo(before);
    ToolRun list = ToolRun.of("ls", "-d", root);
    assertThat(list.exitCode()).isEqualTo(1);
    assertThat(list.out()).contains("  " + StoredSpool.later(later));
    JsonNode json = Events.parse(List.of(ToolRun.of("ls", "-d", root, "--json").out())).get(0);
    assertThat(json.path("unreadable").asText()).isEqualTo(StoredSpool.later(later));
  }

  @Test
  void laterSegment_isNamedByTail_andTheEventsOfOthersAreSeen() throws Exception {
    Path driver = StoredSpool.copy("spool-0.1.0", root);
    Path later = StoredSpool.makeLater(StoredSpool.first(driver, "\\d+\\.segment"), 20);
    ToolRun run = ToolRun.of("tail", root, "--once");
    assertThat(run.err()).contains(later + " is of format version 2");
    assertThat(run.out()).contains("test:b").doesNotContain("COMPLETE test:a");
  }

  @Test
  void laterState_keepsItsDriverInTheArchive() throws Exception {
    Path driver = StoredSpool.copy("archive-0.1.0", root);
    Path later = StoredSpool.makeLater(StoredSpool.first(driver, "state-.*"), -1);
    staysInTheArchive(driver, later.toString());
  }

  @Test
  void laterCopyOfASegment_keepsItsDriverInTheArchive() throws Exception {
    Path driver = StoredSpool.copy("archive-0.1.0", root);
    StoredSpool.makeLater(StoredSpool.first(driver, ".*\\.segment"), 20);
    staysInTheArchive(driver, driver.getFileName() + "/0000000000000000000");
  }

  private void staysInTheArchive(Path driver, String named) throws Exception {
    Map<String, String> before = StoredSpool.contents(root);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      ToolRun run = replay(root.toUri(), backend);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("Cannot read ", named, "is of format version 2");
      assertThat(backend.accepted()).isEmpty();
    }
    assertThat(StoredSpool.contents(root)).isEqualTo(before);
    ToolRun list = ToolRun.of("ls", "-d", root.toUri());
    assertThat(list.exitCode()).isEqualTo(1);
    assertThat(list.out()).contains(driver.getFileName().toString(), named);
  }

  @Test
  void laterDeadLetter_staysAndIsCountedAsRefused() throws Exception {
    Path file = root.resolve("dead-letter").resolve("driver-1.jsonl");
    Files.createDirectories(file.getParent());
    String line = "{\"version\":2,\"refusedAt\":\"2026-11-20T10:00:00Z\",\"events\":[{},{}]}\n";
    Files.writeString(file, line);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      ToolRun run = replay(root, backend, "--dead-letters");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).contains("refused 1");
      assertThat(backend.accepted()).isEmpty();
    }
    assertThat(file).hasContent(line);
  }

  private static ToolRun replay(Object spool, HttpBackend backend, String... more) {
    List<Object> arguments = new ArrayList<>(List.of("replay", "-d", spool));
    arguments.addAll(
        List.of(
            "-c",
            "spark.openlineage.transport.type=http",
            "-c",
            "spark.openlineage.transport.url=" + backend.url()));
    arguments.addAll(List.of(more));
    return ToolRun.of(arguments.toArray());
  }

  private static List<String> jobs(HttpBackend backend) {
    return Events.parse(backend.accepted()).stream()
        .map(event -> event.at("/eventType").asText() + " " + event.at("/job/name").asText())
        .toList();
  }
}
