package io.breakwater.lineage.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.breakwater.lineage.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at moments that differ, in the middle of whatever the writer does. */
class SpoolCrashIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));

  @TempDir private Path directory;

  @RepeatedTest(10)
  void flushedRecords_areThereAfterSigkillWithoutAGap(RepetitionInfo repetition) throws Exception {
    Path root = directory.resolve("spool");
    long flushed;
    try (ChildJvm writer =
        ChildJvm.start(
            directory,
            "writer",
            ChildJvm.classPath(JAR, entry -> true),
            List.of(),
            SpoolWriterProcess.class.getName(),
            root.toString())) {
      int goal = 500 * repetition.getCurrentRepetition();
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(7))
          .until(() -> lastLine(writer.output()) >= goal);
      writer.kill();
      flushed = lastLine(writer.output());
    }
    List<Damage> damages = new ArrayList<>();
    SpoolDirectory orphan = SpoolDirectory.claim(SpoolDirectory.list(root).get(0)).orElseThrow();
    try (Backlog backlog = Backlog.recover(orphan, damages::add)) {
      int next = 0;
      Optional<SpooledRecord> record = backlog.next();
      while (record.isPresent()) {
        assertThat(new String(record.get().payload(), StandardCharsets.UTF_8))
            .isEqualTo("event-" + next++);
        backlog.delivered(record.get());
        record = backlog.next();
      }
      assertThat(next).isGreaterThan((int) flushed);
    }
    assertThat(damages).allMatch(Damage::tornTail);
  }

  /** The last number that was printed completely; -1 if there is none. */
  private static long lastLine(String output) throws IOException {
    int end = output.lastIndexOf('\n');
    return end < 0
        ? -1
        : Long.parseLong(output.substring(output.lastIndexOf('\n', end - 1) + 1, end).trim());
  }
}
