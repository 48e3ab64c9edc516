package io.breakwater.lineage.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.breakwater.lineage.spool.Spool;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpoolOptions;
import io.openlineage.client.OpenLineage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final DeliveryOptions FAST =
      new DeliveryOptions(Duration.ofMillis(1), Duration.ofMillis(5), true);

  @TempDir private Path root;
  private final List<String> taken = new CopyOnWriteArrayList<>();

  @Test
  void events_arriveOnceAndInOrderWhateverFailsOnTheWay() throws Exception {
    // Every third attempt fails.
    int[] attempts = new int[1];
    LineagePipeline pipeline =
        open(
            event -> {
              if (attempts[0]++ % 3 == 0) {
                throw new IOException("on purpose");
              }
              take(event);
            });
    emit(pipeline, 0, 200);
    await().atMost(LONG).until(() -> taken.size() == 200);
    pipeline.stop(LONG);
    assertThat(taken).isEqualTo(names(0, 200));
    assertThat(pipeline.counts()).isEqualTo(new LineageCounts(200, 200, 200, 0, 0, 0));
    assertThat(SpoolDirectory.list(root)).isEmpty();
  }

  @Test
  void delegateThatHangs_doesNotHoldUpTheStop() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch reached = new CountDownLatch(1);
    LineagePipeline pipeline =
        open(
            event -> {
              reached.countDown();
              released.await();
            });
    emit(pipeline, 0, 10);
    reached.await();
    pipeline.stop(Duration.ofMillis(50));
    assertThat(pipeline.counts().waiting()).isEqualTo(10);

    LineagePipeline next = open(this::take);
    await().atMost(LONG).until(() -> taken.size() == 10);
    released.countDown();
    next.stop(LONG);
    assertThat(taken).isEqualTo(names(0, 10));
    assertThat(next.counts().adopted()).isEqualTo(10);
    PipelineThreads.awaitEnd();
  }

  @Test
  void eventsOfADriverThatIsGone_areSentBesideOwnOnes() throws Exception {
    LineagePipeline first =
        open(
            event -> {
              throw new IOException("down");
            });
    emit(first, 0, 300);
    first.stop(LONG);
    assertThat(first.counts().waiting()).isEqualTo(300);

    LineagePipeline second = open(this::take);
    emit(second, 1000, 1300);
    await().atMost(LONG).until(() -> taken.size() == 600);
    second.stop(LONG);
    assertThat(taken).containsSubsequence(names(0, 300)).containsSubsequence(names(1000, 1300));
    assertThat(second.counts()).isEqualTo(new LineageCounts(300, 300, 300, 0, 0, 300));
    assertThat(SpoolDirectory.list(root)).isEmpty();
  }

  @Test
  void recordThatIsNoEvent_isADeadLetterAndTheNextIsSent() throws Exception {
    try (Spool spool = Spool.open(root, SpoolOptions.defaults(), damage -> {})) {
      spool.append(new byte[] {'{', '}'});
      spool.append(RunEvents.bytes(RunEvents.named(name(1))));
      assertThat(spool.flush(LONG)).isTrue();
    }
    LineagePipeline pipeline = open(this::take);
    await().atMost(LONG).until(() -> taken.size() == 1);
    pipeline.stop(LONG);
    assertThat(root.resolve("dead-letter")).isDirectoryContaining(file -> true);
  }

  @Test
  void backoff_growsToItsBoundAndComesBack() {
    Backoff backoff =
        new Backoff(Duration.ofMillis(100), Duration.ofMillis(800), new java.util.Random(1));
    long[] bounds = {100, 200, 400, 800, 800, 800};
    for (long bound : bounds) {
      assertThat(Duration.ofNanos(backoff.next()))
          .isBetween(Duration.ofMillis(bound / 2), Duration.ofMillis(bound));
    }
    backoff.reset();
    assertThat(Duration.ofNanos(backoff.next())).isLessThanOrEqualTo(Duration.ofMillis(100));
  }

  /** A delegate of the test's own; real transports are in other tests. */
  private interface Body {
    void deliver(OpenLineage.BaseEvent event) throws Exception;
  }

  private LineagePipeline open(Body body) throws IOException {
    Delegate delegate =
        new Delegate() {
          @Override
          public void deliver(EncodedEvent event) throws Exception {
            body.deliver(event.decoded());
          }

          @Override
          public void close() {}
        };
    return LineagePipeline.open(
        root, SpoolOptions.defaults(), FAST, () -> delegate, SpoolCopies.none());
  }

  private void take(OpenLineage.BaseEvent event) {
    taken.add(((OpenLineage.RunEvent) event).getJob().getName());
  }

  private static void emit(LineagePipeline pipeline, int from, int to) {
    for (int i = from; i < to; i++) {
      pipeline.append(RunEvents.bytes(RunEvents.named(name(i))));
    }
  }

  private static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj(SenderTest::name).toList();
  }

  private static String name(int i) {
    return "job-" + i;
  }
}
