package io.breakwater.lineage.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.Events;
import io.breakwater.lineage.HttpBackend;
import io.breakwater.lineage.deliver.RunEvents;
import io.breakwater.lineage.spool.Spool;
import io.breakwater.lineage.spool.SpoolOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line with a real backend, first one that refuses events, then one that does not. */
class DeadLettersTest {

  @TempDir private Path directory;

  @Test
  void deadLetters_areSentAgainOnlyWhenAskedFor() throws Exception {
    Path spool = directory.resolve("spool");
    refuse(spool, "a", "b");
    assertThat(letters(spool)).hasSize(2);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(spool.toString(), backend)).isZero();
      assertThat(backend.accepted()).isEmpty();
      assertThat(replay(spool.toString(), backend, "--dead-letters")).isZero();
      assertThat(jobs(backend)).containsExactly("a", "b");
      assertThat(letters(spool)).isEmpty();
    }
  }

  @Test
  void deadLetters_areReadableByTheirOwnerOnly() throws Exception {
    refuse(directory.resolve("spool"), "a");
    assertThat(Files.getPosixFilePermissions(directory.resolve("spool/dead-letter")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void eventThatIsRefusedAgain_staysWithTheNewReason() throws Exception {
    Path spool = directory.resolve("spool");
    refuse(spool, "a", "b", "c");
    try (HttpBackend backend =
        HttpBackend.deciding(event -> event.contains("\"name\":\"b\"") ? 413 : 200)) {
      assertThat(replay(spool.toString(), backend, "--dead-letters")).isEqualTo(1);
      assertThat(jobs(backend)).containsExactly("a", "c");
    }
    assertThat(letters(spool))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("code: 413"));
  }

  @Test
  void backendThatIsDown_losesNoDeadLetter() throws Exception {
    Path spool = directory.resolve("spool");
    refuse(spool, "a", "b");
    List<String> before = letters(spool);
    String down = HttpBackend.url(HttpBackend.closedPort());
    assertThat(
            LineageTool.run(arguments(spool.toString(), down, "--dead-letters", "--timeout", "1")))
        .isEqualTo(1);
    assertThat(letters(spool)).isEqualTo(before);
  }

  @Test
  void driverThatLives_keepsItsDeadLetters() throws Exception {
    Path spool = directory.resolve("spool");
    try (Spool alive = Spool.open(spool, SpoolOptions.defaults(), damage -> {});
        HttpBackend backend = HttpBackend.answering(200)) {
      Path file = spool.resolve("dead-letter").resolve(alive.name() + ".jsonl");
      Files.createDirectories(file.getParent());
      Files.writeString(file, "{}\n");
      replay(spool.toString(), backend, "--dead-letters");
      assertThat(file).hasContent("{}\n");
    }
  }

  @Test
  void lineThatIsNoEvent_staysAndIsCounted() throws Exception {
    Path file = directory.resolve("dead-letter").resolve("driver-1.jsonl");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "nothing\n");
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(directory.toString(), backend, "--dead-letters")).isEqualTo(1);
    }
    assertThat(file).hasContent("nothing\n");
  }

  @Test
  void deadLettersOfAnArchive_leaveItWhenTheyAreTaken() throws Exception {
    Path file = directory.resolve("dead-letter").resolve("driver-1-1763600000000.jsonl");
    Path spool = directory.resolve("spool");
    refuse(spool, "a", "b");
    Files.createDirectories(file.getParent());
    Files.write(file, letters(spool));
    String archive = directory.toUri().toString();
    try (HttpBackend backend =
        HttpBackend.deciding(event -> event.contains("\"name\":\"b\"") ? 413 : 200)) {
      assertThat(replay(archive, backend, "--dead-letters")).isEqualTo(1);
    }
    assertThat(letters(directory))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("code: 413"));
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(archive, backend, "--dead-letters")).isZero();
      assertThat(jobs(backend)).containsExactly("b");
    }
    assertThat(letters(directory)).isEmpty();
  }

  /** Leaves a spool whose events have been refused by a real backend. */
  private static void refuse(Path spool, String... jobs) throws Exception {
    try (Spool driver = Spool.open(spool, SpoolOptions.defaults(), damage -> {})) {
      for (String job : jobs) {
        driver.append(RunEvents.bytes(RunEvents.named(job)));
      }
      assertThat(driver.flush(Duration.ofSeconds(30))).isTrue();
    }
    try (HttpBackend backend = HttpBackend.answering(422)) {
      assertThat(replay(spool.toString(), backend)).isEqualTo(1);
    }
  }

  private static List<String> letters(Path root) throws Exception {
    List<String> lines = new ArrayList<>();
    if (Files.isDirectory(root.resolve("dead-letter"))) {
      try (Stream<Path> files = Files.list(root.resolve("dead-letter"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    }
    return lines;
  }

  private static List<String> jobs(HttpBackend backend) {
    return Events.parse(backend.accepted()).stream()
        .map(event -> event.at("/job/name").asText())
        .toList();
  }

  private static int replay(String spool, HttpBackend backend, String... more) {
    return LineageTool.run(arguments(spool, backend.url(), more));
  }

  private static String[] arguments(String spool, String url, String... more) {
    List<String> arguments = new ArrayList<>(List.of("replay", "-d", spool));
    arguments.addAll(
        List.of(
            "-c",
            "spark.openlineage.transport.type=http",
            "-c",
            "spark.openlineage.transport.url=" + url));
    arguments.addAll(List.of(more));
    return arguments.toArray(new String[0]);
  }
}
