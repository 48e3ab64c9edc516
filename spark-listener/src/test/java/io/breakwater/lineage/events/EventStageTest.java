package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStageTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final OpenLineage OPEN_LINEAGE = new OpenLineage(URI.create("urn:test"));

  private final List<String> sunk = new CopyOnWriteArrayList<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private EventStage stage;

  @AfterEach
  void close() throws InterruptedException {
    gate.countDown();
    stage.close(LONG);
  }

  @Test
  void event_reachesTheSinkAsTheJsonOfOpenLineagesTransports() throws Exception {
    open(List.of());
    capture(1, "a");
    assertThat(stage.close(LONG)).isTrue();
    assertThat(sunk).singleElement().isEqualTo(OpenLineageClientUtils.toJson(run("a")));
  }

  @Test
  void steps_seeTheCauseAndTheEventsOfTheStepsBefore() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    EventStep doubling =
        (event, cause, next) -> {
          next.accept(event);
          next.accept(rename(event.deepCopy(), "copy of " + name(event)));
        };
    EventStep watching =
        new EventStep() {
          @Override
          public void accept(
              ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
            seen.add(name(event) + " at " + ((SparkListenerApplicationEnd) cause).time());
            next.accept(event);
          }

          @Override
          public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
            seen.add("after " + ((SparkListenerApplicationEnd) event).time());
          }

          @Override
          public void finish(Consumer<ObjectNode> next) {
            seen.add("end");
          }
        };
    open(List.of(doubling, watching));
    capture(1, "a");
    capture(2);
    stage.close(LONG);
    assertThat(seen).containsExactly("a at 1", "copy of a at 1", "after 1", "after 2", "end");
    assertThat(sunk).hasSize(2);
  }

  @Test
  void readers_runOnTheThreadOfTheListenerBeforeIt() {
    List<Object> order = new CopyOnWriteArrayList<>();
    stage =
        EventStage.open(
            "test",
            EventStageOptions.defaults(),
            List.of(event -> order.add(Thread.currentThread())),
            List.of(),
            json -> {});
    stage.capture(new SparkListenerApplicationEnd(1), event -> order.add("listener"));
    assertThat(order).containsExactly(Thread.currentThread(), "listener");
  }

  @Test
  void stepThatThrows_isPassedByAndTheEventGoesOnAsItWas() throws Exception {
    EventStep broken =
        (event, cause, next) -> {
          rename(event, "half done");
          next.accept(event);
          throw new IllegalStateException("broken step");
        };
    EventStep withholding = (event, cause, next) -> {};
    EventStep naming =
        (event, cause, next) -> next.accept(rename(event, name(event) + " and named"));
    open(List.of(broken, naming));
    capture(1, "a", "b");
    stage.close(LONG);
    assertThat(sunk).hasSize(2);
    assertThat(sunk.get(0)).contains("\"a and named\"").doesNotContain("half done");
    assertThat(stage.counters().stepFailures()).isEqualTo(2);
    assertThat(stage.counters().dropped()).isZero();

    sunk.clear();
    open(List.of(withholding, naming));
    capture(1, "a");
    stage.close(LONG);
    assertThat(sunk).isEmpty();
    assertThat(stage.counters().received()).isEqualTo(1);
    assertThat(stage.counters().passedOn()).isZero();
  }

  @Test
  void whatTheListenerThrows_isTheCallersAndItsEventsAreKept() throws Exception {
    open(List.of());
    assertThatThrownBy(
            () ->
                stage.capture(
                    new SparkListenerApplicationEnd(1),
                    event -> {
                      stage.transport().emit(run("a"));
                      throw new IllegalStateException("listener");
                    }))
        .hasMessage("listener");
    stage.close(LONG);
    assertThat(sunk).hasSize(1);
  }

  @Test
  void fullQueue_dropsAndCountsWhatComesAfterItsTimeout() throws Exception {
    stage =
        EventStage.open(
            "test",
            new EventStageOptions(16, Duration.ofMillis(1), 1L << 20),
            List.of(),
            List.of(waiting()),
            json -> sunk.add(""));
    int emitted = 16 + 1 + 10;
    for (int i = 0; i < emitted; i++) {
      capture(i, "a");
    }
    long dropped = stage.counters().dropped(StageDropReason.QUEUE_FULL);
    // One is with the step, unless the thread has not come to it yet.
    assertThat(dropped).isBetween(10L, 11L);
    gate.countDown();
    assertThat(stage.close(LONG)).isTrue();
    assertThat(sunk.size() + dropped).isEqualTo(emitted);
    assertThat(stage.counters().received()).isEqualTo(emitted);
  }

  @Test
  void queueOfLargeEvents_dropsAndCountsWhatIsMoreThanItsBytes() throws Exception {
    stage =
        EventStage.open(
            "test",
            new EventStageOptions(256, Duration.ofMillis(1), 1L << 20),
            List.of(),
            List.of(waiting()),
            json -> sunk.add(""));
    String name = "x".repeat(1_000_000);
    int fit = (16 << 20) / name.length();
    int emitted = fit + 1 + 10;
    for (int i = 0; i < emitted; i++) {
      capture(i, name);
    }
    long dropped = stage.counters().dropped(StageDropReason.QUEUE_FULL);
    // One is with the step, unless the thread has not come to it yet.
    assertThat(dropped).isBetween(10L, 11L);
    gate.countDown();
    assertThat(stage.close(LONG)).isTrue();
    assertThat(sunk.size() + dropped).isEqualTo(emitted);
  }

  @Test
  void eventLargerThanTheQueue_isLetInWhenNothingElseWaits() throws Exception {
    open(List.of());
    capture(1, "x".repeat(17 << 20));
    assertThat(stage.close(LONG)).isTrue();
    assertThat(sunk).hasSize(1);
    assertThat(stage.counters().dropped()).isZero();
  }

  @Test
  void closeInTime_leavesNothingBehind() throws Exception {
    open(List.of(waiting()));
    for (int i = 0; i < 100; i++) {
      capture(i, "a");
    }
    Thread opener = new Thread(gate::countDown);
    opener.start();
    assertThat(stage.close(LONG)).isTrue();
    assertThat(sunk).hasSize(100);
    capture(101, "late");
    assertThat(stage.counters().dropped(StageDropReason.STOPPED)).isEqualTo(1);
  }

  @Test
  void stepThatHangs_doesNotHoldTheEndAndTheRestIsCounted() throws Exception {
    CountDownLatch inStep = new CountDownLatch(1);
    EventStep waiting = waiting();
    open(
        List.of(
            (event, cause, next) -> {
              inStep.countDown();
              waiting.accept(event, cause, next);
            }));
    for (int i = 0; i < 10; i++) {
      capture(i, "a");
    }
    inStep.await();
    assertThat(stage.close(Duration.ofMillis(1))).isFalse();
    assertThat(stage.counters().dropped(StageDropReason.STOPPED)).isEqualTo(9);
    gate.countDown();
    await().atMost(LONG).until(() -> sunk.size() == 1);
  }

  private void open(List<EventStep> steps) {
    stage =
        EventStage.open(
            "test",
            EventStageOptions.defaults(),
            List.of(),
            steps,
            json -> sunk.add(new String(json, StandardCharsets.UTF_8)));
  }

  /** A step that holds every event until the gate is open. */
  private EventStep waiting() {
    return (event, cause, next) -> {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      next.accept(event);
    };
  }

  private void capture(long time, String... jobs) {
    stage.capture(
        new SparkListenerApplicationEnd(time),
        event -> {
          for (String job : jobs) {
            stage.transport().emit(run(job));
          }
        });
  }

  private static String name(ObjectNode event) {
    return event.at("/job/name").asText();
  }

  private static ObjectNode rename(ObjectNode event, String name) {
    ((ObjectNode) event.get("job")).put("name", name);
    return event;
  }

  private static OpenLineage.RunEvent run(String job) {
    return OPEN_LINEAGE
        .newRunEventBuilder()
        .eventTime(ZonedDateTime.of(2026, 11, 20, 1, 2, 3, 456_000_000, ZoneOffset.UTC))
        .eventType(OpenLineage.RunEvent.EventType.START)
        .run(OPEN_LINEAGE.newRun(new UUID(0, job.hashCode()), null))
        .job(OPEN_LINEAGE.newJob("test", job, null))
        .inputs(List.of())
        .outputs(List.of())
        .build();
  }
}
