package io.breakwater.wal.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {

  private static final int THREADS = 4;
  private static final int EACH = 20_000;

  @Test
  void completions_runInTheOrderInWhichTheyWereAdded_whoeverRunsThem() throws Exception {
    Acknowledgements acknowledgements = new Acknowledgements();
    Object lock = new Object();
    int[] next = new int[1];
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                awaitQuietly(start);
                for (int j = 0; j < EACH; j++) {
                  synchronized (lock) {
                    int number = next[0]++;
                    acknowledgements.add(() -> ran.add(number));
                  }
                  acknowledgements.run();
                }
              });
      threads.add(thread);
      thread.start();
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ran).isEqualTo(IntStream.range(0, THREADS * EACH).boxed().toList());
  }

  @Test
  void completionThatAddsAnother_hasItRunAfterwards() {
    Acknowledgements acknowledgements = new Acknowledgements();
    List<String> ran = new ArrayList<>();
    acknowledgements.add(
        () -> {
          acknowledgements.add(() -> ran.add("second"));
          acknowledgements.run();
          ran.add("first");
        });
    acknowledgements.run();
    assertThat(ran).containsExactly("first", "second");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
