package io.breakwater.iceberg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** A budget lets work begin while there are bytes and time. */
class BudgetTest {
  private Instant now = Instant.EPOCH;
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  @Test
  void bytes_areTakenUntilTheyDoNotReach() {
    Budget budget = Budget.of(clock, Duration.ofMinutes(1), 100);

    assertThat(budget.take(60)).isTrue();
    assertThat(budget.take(60)).isFalse();
    assertThat(budget.isSpent()).isFalse();
    assertThat(budget.take(40)).isTrue();
    assertThat(budget.isSpent()).isTrue();
  }

  @Test
  void work_afterTheTime_doesNotBegin() {
    Budget budget = Budget.of(clock, Duration.ofMinutes(1), Long.MAX_VALUE);
    assertThat(budget.take(Long.MAX_VALUE)).isTrue();
    assertThat(budget.take(Long.MAX_VALUE)).isTrue();

    now = now.plus(Duration.ofMinutes(1));

    assertThat(budget.take(0)).isFalse();
    assertThat(budget.isSpent()).isTrue();
  }

  @Test
  void unlimited_isNeverSpent() {
    Budget budget = Budget.unlimited();

    assertThat(budget.take(Long.MAX_VALUE)).isTrue();
    assertThat(budget.isSpent()).isFalse();
  }
}
