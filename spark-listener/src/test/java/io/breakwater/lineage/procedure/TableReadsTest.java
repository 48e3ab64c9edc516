package io.breakwater.lineage.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TableReadsTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final List<Commit> COMMITS = List.of(new Commit(7, 1, "append", Map.of()));

  private final CountDownLatch hanging = new CountDownLatch(1);

  @AfterEach
  void release() {
    hanging.countDown();
  }

  private TableReading hang() {
    try {
      hanging.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return TableReading.nothing("released", List.of());
  }

  private static TableReading get(CompletableFuture<TableReading> reading) throws Exception {
    return reading.get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void catalogThatHangs_endsInAReadingThatSaysSoAndKeepsTheCommits() throws Exception {
    TableReads reads = new TableReads(Duration.ofMillis(50));
    assertThat(get(reads.begin(this::hang, COMMITS)))
        .isEqualTo(
            TableReading.nothing("the catalog or the storage did not answer in time", COMMITS));
  }

  @Test
  void tableBehindOneThatHangs_isNotWaitedFor() {
    TableReads reads = new TableReads(Duration.ofMillis(50));
    CompletableFuture<TableReading> first = reads.begin(this::hang, COMMITS);
    await().atMost(LONG).until(first::isDone);
    await()
        .atMost(LONG)
        .until(
            () ->
                reads
                    .begin(this::hang, COMMITS)
                    .getNow(TableReading.nothing("", List.of()))
                    .problem()
                    .equals(Optional.of("it still waits for another table")));
  }

  @Test
  void endOfTheApplication_endsReadingsThatHang() throws Exception {
    TableReads reads = new TableReads(LONG.multipliedBy(100));
    CompletableFuture<TableReading> reading = reads.begin(this::hang, COMMITS);
    reads.hurry(Duration.ofMillis(10));
    assertThat(get(reading))
        .isEqualTo(TableReading.nothing("the application ended first", COMMITS));
  }

  @Test
  void catalogThatFails_endsInAReadingWithItsMessage() throws Exception {
    TableReads reads = new TableReads(LONG);
    assertThat(
            get(
                reads.begin(
                    () -> {
                      throw new IllegalStateException("no credentials");
                    },
                    COMMITS)))
        .isEqualTo(
            TableReading.nothing("java.lang.IllegalStateException: no credentials", COMMITS));
  }
}
