package io.breakwater.lineage;

import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A query that is over and told of is garbage, plans and all, though nothing else comes. */
class ReleasedPlansTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @AfterEach
  void release() {
    SlowFacets.release();
  }

  @Test
  void queryThatTookTooLongToRead_isNotHeld() throws Exception {
    try (LineageSession session =
        LineageSession.start(
            directory, Map.of("spark.breakwater.lineage.events.buildTimeout", "4s"))) {
      await().atMost(LONG).until(() -> Files.exists(directory.resolve("events.jsonl")));
      SlowFacets.hang(1_000);
      WeakReference<LogicalPlan> plan = write(session);
      await().atMost(LONG).until(() -> LineageSession.metric("overdue") > 0);
      await()
          .atMost(LONG)
          .until(
              () -> Files.readString(directory.resolve("events.jsonl")).contains("unread_query"));
      SlowFacets.release();
      awaitGarbage(plan);
    }
  }

  /** A leaf of the query, which all its plans have in common. */
  private WeakReference<LogicalPlan> write(LineageSession session) {
    Dataset<Long> rows = session.spark().range(5);
    rows.write().parquet(directory.resolve("out").toString());
    return new WeakReference<>(rows.logicalPlan());
  }

  private static void awaitGarbage(WeakReference<LogicalPlan> plan) {
    await()
        .atMost(LONG)
        .until(
            () -> {
              System.gc();
              return plan.get() == null;
            });
  }
}
