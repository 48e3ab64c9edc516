package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.tool.LineageTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real driver, killed at a random moment of its life beside a backend that is healthy, refusing
 * or hanging, and a replay. {@code -Dbreakwater.kill.rounds=50} for more rounds, {@code
 * -Dbreakwater.kill.seed=...} for the same ones again. What became of each is printed.
 */
class RandomKillIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));
  private static final int ROUNDS = Integer.getInteger("breakwater.kill.rounds", 3);
  private static final long SEED = Long.getLong("breakwater.kill.seed", System.nanoTime());
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Set<String> ENDS = Set.of("COMPLETE", "FAIL", "ABORT");

  @TempDir private Path directory;

  @Test
  void everyDurableEvent_arrivesAndEveryRunHasItsStartAndItsEnd() throws Exception {
    Random random = new Random(SEED);
    System.out.println("breakwater.kill.seed=" + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      killAndReplay(round, random);
    }
  }

  /** The part of a driver's life in which it is killed, and how long that takes at most. */
  private enum Phase {
    /** From the moment at which it has a spool: before, within and after its first event. */
    STARTING(6000),
    /** From the first write on, of more than it comes to. */
    WRITING(4000),
    /** From the call of {@code spark.stop()} on, with or without its last event, and after it. */
    STOPPING(1500);

    private final int millis;

    Phase(int millis) {
      this.millis = millis;
    }

    int writes() {
      return this == STOPPING ? 3 : 1000;
    }

    boolean hasBegun(ChildJvm driver, Path spool) throws IOException {
      return switch (this) {
        case STARTING -> Files.exists(spool) && !SpoolDirectory.list(spool).isEmpty();
        case WRITING -> driver.output().contains("written 0");
        case STOPPING -> driver.output().contains("stopping");
      };
    }
  }

  private void killAndReplay(int round, Random random) throws Exception {
    Phase phase = Phase.values()[round % Phase.values().length];
    int status = List.of(200, 503, HttpBackend.HANG).get(random.nextInt(3));
    int pauseMillis = random.nextInt(phase.millis);
    String name =
        "seed %d round %d: %d ms into %s beside a backend of status %d"
            .formatted(SEED, round, pauseMillis, phase, status);
    Path work = Files.createDirectory(directory.resolve("round" + round));
    Path spool = work.resolve("spool");
    List<JsonNode> arrived = new ArrayList<>();
    int delivered;
    int written;
    try (HttpBackend backend = HttpBackend.answering(status);
        ChildJvm driver = driver(work, spool, backend.url(), phase.writes())) {
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> phase.hasBegun(driver, spool));
      await().pollDelay(Duration.ofMillis(pauseMillis)).atMost(LONG).until(() -> true);
      driver.kill();
      arrived.addAll(Events.parse(backend.accepted()));
      delivered = arrived.size();
      written = driver.output().split("written ", -1).length - 1;
    }
    List<JsonNode> waiting = Events.waiting(spool, Files.createDirectory(work.resolve("copy")));
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(spool, backend.url())).as(name).isZero();
      List<JsonNode> replayed = Events.parse(backend.accepted());
      assertThat(replayed.subList(0, waiting.size())).as(name).isEqualTo(waiting);
      arrived.addAll(replayed);
    }
    assertThat(SpoolDirectory.list(spool)).as(name).isEmpty();
    List<JsonNode> events = new ArrayList<>(new LinkedHashSet<>(arrived));
    assertRunsAreWhole(name, events, phase);
    System.out.printf(
        "%s: %d writes had returned; %d events delivered, %d waiting, %d made to end runs;"
            + " %d runs of writes begun, %d of them complete%n",
        name,
        written,
        delivered,
        waiting.size(),
        arrived.size() - delivered - waiting.size(),
        Events.writeRuns(events, "START").size(),
        Events.writeRuns(events, "COMPLETE").size());
  }

  private static void assertRunsAreWhole(String name, List<JsonNode> events, Phase phase) {
    Map<String, List<String>> types = new LinkedHashMap<>();
    for (JsonNode event : events) {
      types
          .computeIfAbsent(event.at("/run/runId").asText(), run -> new ArrayList<>())
          .add(event.at("/eventType").asText());
    }
    assertThat(types.isEmpty()).as(name).isIn(false, phase == Phase.STARTING);
    types.forEach(
        (run, seen) -> {
          assertThat(seen.get(0)).as(name + " " + run + " " + seen).isEqualTo("START");
          assertThat(seen.get(seen.size() - 1)).as(name + " " + run + " " + seen).isIn(ENDS);
          assertThat(seen.stream().filter(ENDS::contains)).as(name + " " + run).hasSize(1);
        });
    if (phase == Phase.WRITING) {
      assertThat(types.values()).as(name).anyMatch(seen -> seen.contains("ABORT"));
    }
  }

  private static ChildJvm driver(Path work, Path spool, String url, int writes) throws IOException {
    return ChildJvm.start(
        work,
        "driver",
        ChildJvm.classPath(JAR, entry -> true),
        List.of(
            "-Dspark.extraListeners=io.breakwater.lineage.LineageListener",
            "-Dspark.openlineage.transport.type=http",
            "-Dspark.openlineage.transport.url=" + url,
            "-Dspark.breakwater.lineage.spool.segmentSize=64k",
            "-Dspark.breakwater.lineage.spool.dir=" + spool),
        WriterApp.class.getName(),
        work.toString(),
        Integer.toString(writes));
  }

  /** In this process: what counts is the files. */
  private static int replay(Path spool, String url) {
    return LineageTool.run(
        "replay",
        "-d",
        spool.toString(),
        "-c",
        "spark.openlineage.transport.type=http",
        "-c",
        "spark.openlineage.transport.url=" + url);
  }
}
