package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was killed leaves nothing that the next one trips over. */
class InterruptedBootstrapIT {

  private static final int KILLS = 10;
  private static final int SIGKILLED = 137;

  @TempDir private Path directory;

  private final long seed = Long.getLong("breakwater.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private FakeNode node;
  private List<String> older;
  private List<String> newer;
  private List<String> expected;

  @BeforeEach
  void treeOfARunThatWasNotInterrupted() throws Exception {
    System.out.println("InterruptedBootstrapIT: -Dbreakwater.seed=" + seed);
    node = FakeNode.master(directory);
    older = node.installingAll(node.distribution("1.0.0"));
    newer = node.installingAll(node.distribution("1.1.0"));
    node.install(newer).succeeded();
    expected = node.tree();
  }

  /**
   * Before any of the commands of the script, chosen at random, or with {@code
   * -Dbreakwater.kills=all} before each.
   */
  @Test
  void killedBeforeAnyCommand_fromNothingAndFromAnOlderVersion_theNextRunCompletes()
      throws Exception {
    Path trap = directory.resolve("trap.sh");
    Files.writeString(
        trap,
        """
        set -T
        trap '[ "$BASHPID" != "$$" ] || [ "$((++traced))" != "$KILL_BEFORE" ] || kill -9 $$' DEBUG
        """);
    reset(older);
    Path counting = directory.resolve("counting.sh");
    Files.writeString(
        counting,
        "set -T\ntrap '[ \"$BASHPID\" != \"$$\" ] || echo $((++traced)) > \"$COUNT\"' DEBUG\n");
    Path count = directory.resolve("count");
    Script.run(Map.of("BASH_ENV", counting.toString(), "COUNT", count.toString()), newer)
        .succeeded();
    int commands = Integer.parseInt(Files.readString(count).trim());
    assertThat(commands).isGreaterThan(100);
    int[] steps =
        System.getProperty("breakwater.kills", "").equals("all")
            ? IntStream.rangeClosed(1, commands).toArray()
            : random.ints(KILLS, 1, commands + 1).toArray();
    for (int step : steps) {
      boolean upgrade = random.nextBoolean();
      reset(upgrade ? older : List.of());
      Script killed =
          Script.run(
              Map.of("BASH_ENV", trap.toString(), "KILL_BEFORE", Integer.toString(step)), newer);
      // A run from nothing has fewer commands than one that replaces a version.
      assertThat(killed.code()).as(killed.output()).isIn(0, SIGKILLED);
      if (upgrade) {
        assertThat(killed.code()).as("killed before command %d", step).isEqualTo(SIGKILLED);
        assertThat(Files.readString(node.hbase("hbase-wal-plugin.jar"))).startsWith("hbase-wal");
      }
      node.install(newer).succeeded();
      assertThat(node.tree())
          .as("killed before command %d, seed %d", step, seed)
          .isEqualTo(expected);
    }
  }

  /** At any moment; its children live on, as they do when something kills a shell only. */
  @Test
  void killedAtAnyMoment_whileItsChildrenLiveOn_theNextRunCompletes() throws Exception {
    reset(List.of());
    long begin = System.nanoTime();
    node.install(newer).succeeded();
    long whole = System.nanoTime() - begin;
    for (int kill = 0; kill < KILLS; kill++) {
      reset(random.nextBoolean() ? older : List.of());
      long moment = (long) (random.nextDouble() * whole);
      Process run = Script.start(Map.of(), newer, directory.resolve("killed.out"));
      run.waitFor(moment, TimeUnit.NANOSECONDS);
      run.destroyForcibly();
      assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
      node.install(newer).succeeded();
      assertThat(node.tree()).as("killed after %d ns, seed %d", moment, seed).isEqualTo(expected);
    }
  }

  private void reset(List<String> installed) throws Exception {
    Script.run("rm", "-rf", node.root().toString()).succeeded();
    node = FakeNode.master(directory);
    if (!installed.isEmpty()) {
      node.install(installed).succeeded();
    }
  }
}
