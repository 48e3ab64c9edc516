package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.archive.Archive;
import io.breakwater.lineage.archive.ArchiveReplay;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpoolStatus;
import io.breakwater.lineage.tool.LineageTool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real drivers with the packaged jar, killed, and what becomes of their events. */
class DriverCrashIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));
  private static final Duration LONG = Duration.ofMinutes(2);

  /** Instead of a number of writes: some, and then the driver lives until it is killed. */
  private static final int STAYS = -1;

  @TempDir private Path directory;

  @Test
  void killedDriver_leavesItsEventsAndReplaySendsThemAndEndsItsRuns() throws Exception {
    int port = HttpBackend.closedPort();
    Path spool = directory.resolve("spool");
    try (ChildJvm driver = driver("driver", spool, HttpBackend.url(port), STAYS)) {
      Path copies = Files.createDirectory(directory.resolve("copies"));
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () ->
                  Files.isDirectory(spool)
                      && Events.writeRuns(
                                  Events.waiting(spool, Files.createTempDirectory(copies, "copy")),
                                  "COMPLETE")
                              .size()
                          >= 10);
      driver.kill();
    }
    Path copy = Files.createDirectory(directory.resolve("copy"));
    List<JsonNode> spooled = Events.waiting(spool, copy);
    assertThat(Events.writeRuns(spooled, "COMPLETE")).hasSizeGreaterThanOrEqualTo(10);

    try (HttpBackend backend = HttpBackend.answering(port, 201)) {
      assertThat(replay(spool.toString(), backend.url())).isZero();
      List<JsonNode> sent = Events.parse(backend.accepted());
      assertThat(sent.subList(0, spooled.size())).isEqualTo(spooled);
      assertThat(sent.subList(spooled.size(), sent.size()))
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.get("eventType").asText()).isEqualTo("ABORT"));
      assertThat(SpoolDirectory.list(spool)).isEmpty();
      assertThat(replay(spool.toString(), backend.url())).as("nothing is left").isZero();
      assertThat(backend.accepted()).hasSameSizeAs(sent);
    }
  }

  @Test
  void nextDriver_sendsWhatAKilledOneHasLeft() throws Exception {
    Path spool = directory.resolve("spool");
    try (ChildJvm driver =
        driver("driver", spool, HttpBackend.url(HttpBackend.closedPort()), STAYS)) {
      await().atMost(LONG).until(() -> driver.output().contains("written 3"));
      driver.kill();
    }
    List<JsonNode> spooled =
        Events.waiting(spool, Files.createDirectory(directory.resolve("copy")));

    try (HttpBackend backend = HttpBackend.answering(200);
        ChildJvm next = driver("next", spool, backend.url(), 5)) {
      assertThat(next.awaitExit()).isZero();
      replay(spool.toString(), backend.url());
      assertThat(SpoolDirectory.list(spool)).isEmpty();
      assertThat(Events.parse(backend.accepted())).containsSubsequence(spooled);
    }
  }

  @Test
  void twoDriversOnOneSpool_leaveEachOtherAloneWhileTheyLive() throws Exception {
    Path spool = directory.resolve("spool");
    String down = HttpBackend.url(HttpBackend.closedPort());
    try (HttpBackend backend = HttpBackend.answering(200);
        ChildJvm first = driver("first", spool, down, STAYS)) {
      await().atMost(LONG).until(() -> first.output().contains("written 3"));
      try (ChildJvm second = driver("second", spool, backend.url(), 3)) {
        assertThat(second.awaitExit()).isZero();
      }
      // The first one's events are still its own.
      assertThat(replay(spool.toString(), backend.url())).isZero();
      assertThat(SpoolStatus.list(spool))
          .singleElement()
          .satisfies(
              status -> {
                assertThat(status.owned()).isTrue();
                assertThat(status.waiting()).isPositive();
              });
      List<JsonNode> ofSecond = Events.parse(backend.accepted());
      assertThat(Events.writeRuns(ofSecond, "COMPLETE")).hasSize(3);

      first.kill();
      assertThat(replay(spool.toString(), backend.url())).isZero();
      assertThat(SpoolDirectory.list(spool)).isEmpty();
      assertThat(Events.writeRuns(Events.parse(backend.accepted()), "COMPLETE"))
          .hasSizeGreaterThanOrEqualTo(3 + 3)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void driverKilledWithItsMachine_isReplayedFromItsCopies() throws Exception {
    Path spool = directory.resolve("spool");
    String archive = killAfterCopy(spool);
    List<JsonNode> spooled =
        Events.waiting(spool, Files.createDirectory(directory.resolve("copy")));
    Files.move(spool, directory.resolve("machine-is-gone"));
    Archive reader = Archive.open(URI.create(archive), new Configuration());
    await().atMost(LONG).until(() -> !reader.isAlive(reader.drivers().get(0)));

    try (ChildJvm tool = tool("ls", "--json", "-d", archive)) {
      assertThat(tool.awaitExit()).isZero();
      assertThat(Events.parse(tool.output()).get("waiting").asLong()).isPositive();
    }
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(archive, backend.url())).isZero();
      List<JsonNode> sent = Events.parse(backend.accepted());
      assertThat(sent).hasSizeGreaterThanOrEqualTo(10);
      List<JsonNode> copied =
          sent.stream().filter(e -> !e.get("eventType").asText().equals("ABORT")).toList();
      assertThat(spooled).containsSubsequence(copied);
      assertThat(sent).as("the runs in flight are ended").hasSizeGreaterThan(copied.size());
      assertThat(reader.drivers()).isEmpty();
    }
  }

  @Test
  void driverKilledBetweenCopyAndDelivery_isNotSentAgainFromItsCopies() throws Exception {
    Path spool = directory.resolve("spool");
    String archive = killAfterCopy(spool);
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(spool.toString(), backend.url())).isZero();
      int sent = backend.accepted().size();
      assertThat(Archive.open(URI.create(archive), new Configuration()).drivers()).isEmpty();
      assertThat(replay(archive, backend.url())).isZero();
      assertThat(backend.accepted()).hasSize(sent);
    }
  }

  /** Kills a driver whose events are in its spool and, but for the last ones, in the archive. */
  private String killAfterCopy(Path spool) throws Exception {
    String archive = directory.resolve("archive").toUri().toString();
    try (ChildJvm driver =
        driver(
            "driver",
            spool,
            HttpBackend.url(HttpBackend.closedPort()),
            STAYS,
            ChildJvm.classPath(JAR, entry -> true),
            "-Dspark.breakwater.lineage.archive.path=" + archive,
            "-Dspark.breakwater.lineage.archive.interval=1s")) {
      Archive reader = Archive.open(URI.create(archive), new Configuration());
      await()
          .atMost(LONG)
          .until(
              () -> {
                List<SpoolStatus> copied = new ArchiveReplay(reader).status();
                return !copied.isEmpty() && copied.get(0).waiting() >= 10;
              });
      driver.kill();
    }
    return archive;
  }

  @Test
  void replayWithABackendThatIsDown_saysWhatIsLeft() throws Exception {
    Path spool = directory.resolve("spool");
    String down = HttpBackend.url(HttpBackend.closedPort());
    try (ChildJvm driver = driver("driver", spool, down, 1)) {
      assertThat(driver.awaitExit()).isZero();
      assertThat(driver.log()).contains("the next driver or breakwater-lineage replay sends");
    }
    long waiting = SpoolStatus.list(spool).get(0).waiting();
    try (ChildJvm tool =
        tool(
            "replay",
            "--json",
            "--timeout",
            "2",
            "-d",
            spool.toString(),
            "-c",
            "spark.openlineage.transport.type=http",
            "-c",
            "spark.openlineage.transport.url=" + down)) {
      assertThat(tool.awaitExit()).isEqualTo(1);
      JsonNode result = Events.parse(tool.output());
      assertThat(result.get("waiting").asLong()).isEqualTo(waiting).isPositive();
      assertThat(result.get("delivered").asLong()).isZero();
    }
    try (ChildJvm tool = tool("ls", "--json", "-d", spool.toString())) {
      assertThat(tool.awaitExit()).isZero();
      assertThat(Events.parse(tool.output()).get("waiting").asLong()).isEqualTo(waiting);
    }
  }

  @Test
  void wrongUsage_isExitCode2() throws Exception {
    try (ChildJvm tool = tool("replay", "-d", directory.toString(), "--fast")) {
      assertThat(tool.awaitExit()).isEqualTo(2);
      assertThat(tool.output()).contains("Unknown option: '--fast'");
    }
  }

  private ChildJvm driver(String name, Path spool, String url, int writes) throws IOException {
    return driver(name, spool, url, writes, ChildJvm.classPath(JAR, entry -> true));
  }

  private ChildJvm driver(
      String name, Path spool, String url, int writes, String classPath, String... moreConf)
      throws IOException {
    List<String> conf = new ArrayList<>();
    conf.add("-Dspark.extraListeners=io.breakwater.lineage.LineageListener");
    conf.add("-Dspark.openlineage.transport.type=http");
    conf.add("-Dspark.openlineage.transport.url=" + url);
    conf.add("-Dspark.breakwater.lineage.spool.dir=" + spool);
    conf.addAll(List.of(moreConf));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(WriterApp.class.getName(), directory.toString()));
    command.addAll(writes == STAYS ? List.of("12", "stay") : List.of(String.valueOf(writes)));
    return ChildJvm.start(directory, name, classPath, conf, command.toArray(String[]::new));
  }

  private int replay(String spool, String url) throws IOException, InterruptedException {
    try (ChildJvm tool =
        tool(
            "replay",
            "--spool-dir",
            spool,
            "--conf",
            "spark.openlineage.transport.type=http",
            "--conf",
            "spark.openlineage.transport.url=" + url)) {
      return tool.awaitExit();
    }
  }

  private ChildJvm tool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(LineageTool.class.getName());
    command.addAll(List.of(arguments));
    return ChildJvm.start(
        directory,
        "tool" + System.nanoTime(),
        ChildJvm.classPath(JAR, entry -> true),
        List.of(),
        command.toArray(new String[0]));
  }
}
