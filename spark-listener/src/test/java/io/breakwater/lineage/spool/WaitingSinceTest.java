package io.breakwater.lineage.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WaitingSinceTest {

  private static final Instant BEGIN = Instant.parse("2026-11-20T01:02:03Z");

  private final WaitingSince waiting = new WaitingSince();

  @Test
  void oldest_isTheTimeOfTheFirstGroupThatIsNotDelivered() {
    add(1);
    add(2);
    add(3);
    assertThat(waiting.oldest(new Position(1, 0))).contains(BEGIN.plusSeconds(1));
    assertThat(waiting.oldest(new Position(1, 15))).contains(BEGIN.plusSeconds(2));
    assertThat(waiting.oldest(new Position(1, 20))).contains(BEGIN.plusSeconds(3));
    assertThat(waiting.oldest(new Position(2, 0))).isEmpty();
  }

  @Test
  void manyGroups_areTakenTogetherAndNeverMadeYounger() {
    int groups = 10 * WaitingSince.MAX_GROUPS;
    for (int i = 1; i <= groups; i++) {
      add(i);
    }
    for (int delivered = 0; delivered < groups; delivered++) {
      assertThat(waiting.oldest(new Position(1, delivered * 10L)).orElseThrow())
          .isBeforeOrEqualTo(BEGIN.plusSeconds(delivered + 1L));
    }
    assertThat(waiting.oldest(new Position(1, groups * 10L))).isEmpty();
  }

  private void add(int group) {
    waiting.add(new Position(1, group * 10L), BEGIN.plusSeconds(group));
  }
}
