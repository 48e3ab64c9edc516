package io.breakwater.lineage;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How much of the heap is live: what full collections leave, of which a thread asks for one at
 * least 200 ms after the last, and twice the time that it took. Needs a collector whose full
 * collections have a bean of their own, such as {@code -XX:+UseSerialGC}.
 */
final class LiveHeap implements AutoCloseable {

  private static final long LEAST_MILLIS = 200;
  private static final Set<String> HEAP =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());

  private final Thread thread = new Thread(this::run, "live-heap");
  private long peak;
  private int samples;

  private LiveHeap() {
    thread.setDaemon(true);
  }

  /** Begins to watch. */
  static LiveHeap watch() {
    LiveHeap heap = new LiveHeap();
    heap.thread.start();
    return heap;
  }

  /** In bytes; of two collections, as what the first finalizes goes with the second. */
  static long now() {
    System.gc();
    return collected();
  }

  private static long collected() {
    System.gc();
    List<GarbageCollectorMXBean> collectors =
        ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    return collectors.stream()
        .filter(
            collector -> HEAP.stream().allMatch(List.of(collector.getMemoryPoolNames())::contains))
        .map(GarbageCollectorMXBean::getLastGcInfo)
        .max((one, other) -> Long.compare(one.getEndTime(), other.getEndTime()))
        .map(LiveHeap::left)
        .orElseThrow();
  }

  private static long left(GcInfo info) {
    return info.getMemoryUsageAfterGc().entrySet().stream()
        .filter(pool -> HEAP.contains(pool.getKey()))
        .mapToLong(pool -> pool.getValue().getUsed())
        .sum();
  }

  /** The most of what was seen. */
  synchronized long peak() {
    return peak;
  }

  synchronized int samples() {
    return samples;
  }

  private void run() {
    try {
      while (true) {
        long start = System.nanoTime();
        see(collected());
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        // The driver has most of the time for itself, whatever a collection takes.
        Thread.sleep(Math.max(LEAST_MILLIS, 2 * took));
      }
    } catch (InterruptedException e) {
      // By close, which ends this thread.
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void see(long bytes) {
    peak = Math.max(peak, bytes);
    samples++;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
