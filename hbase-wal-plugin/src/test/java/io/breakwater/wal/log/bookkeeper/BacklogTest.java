package io.breakwater.wal.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class BacklogTest {

  private static final int MOST = BookKeeperOptions.MAX_ENTRY_PAYLOAD;

  /** Sizes of appends, and -1 for an entry that is taken. */
  @Provide
  Arbitrary<List<Integer>> steps() {
    return Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.integers().between(0, 2_000)),
            Tuple.of(1, Arbitraries.of(MOST - 1, MOST, MOST + 1, 2 * MOST + 3)),
            Tuple.of(4, Arbitraries.just(-1)))
        .list()
        .ofMaxSize(30);
  }

  @Property(tries = 200)
  void entries_holdTheBytesOfAllAppends_inOrder_andEndEachAppendOnce(
      @ForAll("steps") List<Integer> steps) throws IOException {
    Backlog backlog = new Backlog(null);
    SplittableRandom random = new SplittableRandom(7);
    List<ByteBuffer> appended = new ArrayList<>();
    List<CompletableFuture<Long>> futures = new ArrayList<>();
    List<Backlog.Entry> entries = new ArrayList<>();
    for (int step : steps) {
      if (step >= 0) {
        byte[] bytes = new byte[step];
        random.nextBytes(bytes);
        appended.add(ByteBuffer.wrap(bytes));
        futures.add(new CompletableFuture<>());
        backlog.add(ByteBuffer.wrap(bytes), futures.get(futures.size() - 1));
      } else if (!backlog.isEmpty()) {
        entries.add(backlog.next());
      }
    }
    while (!backlog.isEmpty()) {
      entries.add(backlog.next());
    }

    long position = 0;
    ByteBuffer all = ByteBuffer.allocate(appended.stream().mapToInt(ByteBuffer::remaining).sum());
    List<CompletableFuture<Long>> ended = new ArrayList<>();
    long end = 0;
    for (Backlog.Entry entry : entries) {
      assertThat(entry.start()).isEqualTo(position);
      assertThat(entry.length()).isBetween(0, MOST);
      position = entry.end();
      if (entry.length() > 0) {
        EntryFormat.Entry decoded = EntryFormat.decode(entry.bytes(), null, "test");
        assertThat(decoded.position()).isEqualTo(entry.start());
        all.put(decoded.payload());
      }
      for (Backlog.Append append : entry.ending()) {
        end += append.data().remaining();
        assertThat(append.end()).isEqualTo(end).isLessThanOrEqualTo(entry.end());
        ended.add(append.done());
      }
    }
    ByteBuffer expected = ByteBuffer.allocate(all.capacity());
    appended.forEach(bytes -> expected.put(bytes.duplicate()));
    assertThat(all.flip()).isEqualTo(expected.flip());
    assertThat(ended).isEqualTo(futures);
  }

  @Example
  void appendsThatFit_goInOneEntry() {
    Backlog backlog = new Backlog(null);
    for (int i = 0; i < 10; i++) {
      backlog.add(ByteBuffer.allocate(100), new CompletableFuture<>());
    }
    assertThat(backlog.next().ending()).hasSize(10);
    assertThat(backlog.isEmpty()).isTrue();
  }
}
