package io.breakwater.lineage.deliver;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;

/**
 * The threads of pipelines that were stopped without time to end: they may still write to a
 * directory that its test is about to delete.
 */
public final class PipelineThreads {

  private static final Set<String> WRITERS =
      Set.of(
          "breakwater-lineage-archiver", "breakwater-lineage-sender", "breakwater-lineage-spool");

  private PipelineThreads() {}

  /** Waits until no pipeline of this process writes. */
  public static void awaitEnd() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .noneMatch(WRITERS::contains));
  }
}
