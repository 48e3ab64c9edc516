package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class QueueHandoverTest {

  /** Two queues, the second from a certain event on, and any interleaving of the two. */
  @Property
  void everyEvent_comesOnceAndInOrder(
      @ForAll @IntRange(max = 20) int attachedBefore,
      @ForAll @Size(60) List<Boolean> ownQueueIsNext) {
    List<Object> events = IntStream.range(0, 20).mapToObj(i -> new Object()).toList();
    List<Object> seen = new ArrayList<>();
    QueueHandover<Object> handover = new QueueHandover<>(seen::add);
    int shared = 0;
    int own = attachedBefore;
    for (boolean ownIsNext : ownQueueIsNext) {
      // The queue is added while the shared one handles an event that the new one will not see.
      boolean ownExists = shared >= attachedBefore;
      if (ownIsNext && ownExists && own < events.size()) {
        handover.fromOwnQueue(events.get(own++));
      } else if (shared < events.size()) {
        handover.fromSharedQueue(events.get(shared++));
      }
    }
    while (shared < events.size()) {
      handover.fromSharedQueue(events.get(shared++));
    }
    while (own < events.size()) {
      handover.fromOwnQueue(events.get(own++));
    }
    assertThat(seen).containsExactlyElementsOf(events);
  }
}
