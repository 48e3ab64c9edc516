package io.breakwater.lineage.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimedReadsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final CountDownLatch hanging = new CountDownLatch(1);

  @AfterEach
  void release() {
    hanging.countDown();
  }

  private String hang() {
    try {
      hanging.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "released";
  }

  private static String get(CompletableFuture<String> reading) throws Exception {
    return reading.get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void catalogThatHangs_isGivenUpWithTheReason() throws Exception {
    TimedReads<String> reads = new TimedReads<>(Duration.ofMillis(50));
    assertThat(get(reads.begin(this::hang, "not read: "::concat)))
        .isEqualTo("not read: the catalog or the storage did not answer in time");
  }

  @Test
  void tableBehindOneThatHangs_isNotWaitedFor() {
    TimedReads<String> reads = new TimedReads<>(Duration.ofMillis(50));
    CompletableFuture<String> first = reads.begin(this::hang, "not read: "::concat);
    await().atMost(LONG).until(first::isDone);
    await()
        .atMost(LONG)
        .until(
            () ->
                reads
                    .begin(this::hang, "not read: "::concat)
                    .getNow("")
                    .equals("not read: it still waits for another table"));
  }

  @Test
  void endOfTheApplication_endsReadingsThatHang() throws Exception {
    TimedReads<String> reads = new TimedReads<>(LONG.multipliedBy(100));
    CompletableFuture<String> reading = reads.begin(this::hang, "not read: "::concat);
    reads.hurry(Duration.ofMillis(10));
    assertThat(get(reading)).isEqualTo("not read: the application ended first");
  }

  @Test
  void catalogThatFails_isGivenUpWithItsMessage() throws Exception {
    TimedReads<String> reads = new TimedReads<>(LONG);
    assertThat(
            get(
                reads.begin(
                    () -> {
                      throw new IllegalStateException("no credentials");
                    },
                    "not read: "::concat)))
        .isEqualTo("not read: java.lang.IllegalStateException: no credentials");
  }
}
