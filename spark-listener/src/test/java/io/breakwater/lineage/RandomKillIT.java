package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.tool.LineageTool;
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
 * A real driver, killed at a random moment beside a backend that is healthy, slow, refusing or
 * hanging, and a replay. {@code -Dbreakwater.kill.rounds=50} for more rounds, {@code
 * -Dbreakwater.kill.seed=...} for the same ones again.
 */
class RandomKillIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));
  private static final int ROUNDS = Integer.getInteger("breakwater.kill.rounds", 2);
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

  private void killAndReplay(int round, Random random) throws Exception {
    int status = List.of(200, 503, 503, HttpBackend.HANG).get(random.nextInt(4));
    int pauseMillis = random.nextInt(4000);
    String name = "seed " + SEED + " round " + round + " status " + status;
    Path work = Files.createDirectory(directory.resolve("round" + round));
    Path spool = work.resolve("spool");
    List<JsonNode> arrived = new ArrayList<>();
    try (HttpBackend backend = HttpBackend.answering(status);
        ChildJvm driver = driver(work, spool, backend.url())) {
      await().atMost(LONG).until(() -> driver.output().contains("written 0"));
      // The moment of the kill: any time from the first write on.
      await().pollDelay(Duration.ofMillis(pauseMillis)).atMost(LONG).until(driver::isAlive);
      driver.kill();
      arrived.addAll(Events.parse(backend.accepted()));
    }
    List<JsonNode> waiting = Events.waiting(spool, Files.createDirectory(work.resolve("copy")));
    try (HttpBackend backend = HttpBackend.answering(200)) {
      assertThat(replay(spool, backend.url())).as(name).isZero();
      List<JsonNode> replayed = Events.parse(backend.accepted());
      assertThat(replayed.subList(0, waiting.size())).as(name).isEqualTo(waiting);
      arrived.addAll(replayed);
    }
    assertThat(SpoolDirectory.list(spool)).as(name).isEmpty();
    assertRunsAreWhole(name, new ArrayList<>(new LinkedHashSet<>(arrived)));
  }

  private static void assertRunsAreWhole(String name, List<JsonNode> events) {
    Map<String, List<String>> types = new LinkedHashMap<>();
    for (JsonNode event : events) {
      types
          .computeIfAbsent(event.at("/run/runId").asText(), run -> new ArrayList<>())
          .add(event.at("/eventType").asText());
    }
    assertThat(types).as(name).isNotEmpty();
    types.forEach(
        (run, seen) -> {
          assertThat(seen.get(0)).as(name + " " + run + " " + seen).isEqualTo("START");
          assertThat(seen.get(seen.size() - 1)).as(name + " " + run + " " + seen).isIn(ENDS);
          assertThat(seen.stream().filter(ENDS::contains)).as(name + " " + run).hasSize(1);
        });
    assertThat(types.values()).as(name).anyMatch(seen -> seen.contains("ABORT"));
  }

  private static ChildJvm driver(Path work, Path spool, String url) throws Exception {
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
        "1000");
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
