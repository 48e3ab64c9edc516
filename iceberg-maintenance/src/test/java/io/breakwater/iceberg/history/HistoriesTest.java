package io.breakwater.iceberg.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few random histories; {@code mvn verify -Phistories} runs as many as you like. */
class HistoriesTest {
  private static final int STEPS = 6;

  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = HistorySpark.start();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {20, 21, 24, 27, 26, 31})
  void history_underMaintenance_isThatOfItsTwin(long seed) {
    Outcome outcome = History.run(spark, seed, STEPS);

    System.out.println("seed " + seed + ": " + outcome.counts());
    assertThat(outcome.total(": user: ")).isGreaterThan(2);
    assertThat(outcome.total(": maintenance: ")).isPositive();
  }
}
