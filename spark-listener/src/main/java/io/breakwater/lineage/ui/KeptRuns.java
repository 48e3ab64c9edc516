package io.breakwater.lineage.ui;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Events in memory, up to a number of bytes. Beyond that the run that began first is forgotten,
 * among those that have ended as long as there are such. Safe for many threads.
 */
final class KeptRuns {

  /** What a run takes beside its events, roughly. */
  private static final int OVERHEAD = 256;

  private final long maxBytes;
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private long bytes;
  private long forgotten;

  private static final class Run {
    private final List<byte[]> events = new ArrayList<>(2);
    private long bytes = OVERHEAD;
    private boolean ended;
  }

  KeptRuns(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void add(String id, boolean end, byte[] event) {
    Run run = runs.get(id);
    if (run == null) {
      run = new Run();
      bytes += run.bytes;
      runs.put(id, run);
    }
    run.events.add(event);
    run.bytes += event.length;
    run.ended |= end;
    bytes += event.length;
    while (bytes > maxBytes) {
      forgetOne();
    }
  }

  private void forgetOne() {
    Iterator<Run> all = runs.values().iterator();
    Run eldest = all.next();
    if (!eldest.ended) {
      while (all.hasNext()) {
        Run next = all.next();
        if (next.ended) {
          all.remove();
          forgotten(next);
          return;
        }
      }
      all = runs.values().iterator();
      all.next();
    }
    all.remove();
    forgotten(eldest);
  }

  private void forgotten(Run run) {
    bytes -= run.bytes;
    forgotten++;
  }

  /** Gives all events, each run's in order, and returns how many runs are forgotten. */
  long read(Consumer<byte[]> events) {
    List<byte[]> all = new ArrayList<>();
    long gone;
    synchronized (this) {
      runs.values().forEach(run -> all.addAll(run.events));
      gone = forgotten;
    }
    all.forEach(events);
    return gone;
  }
}
