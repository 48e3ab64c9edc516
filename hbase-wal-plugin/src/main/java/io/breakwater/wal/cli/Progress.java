package io.breakwater.wal.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Says how far a long command is: a bar that is drawn over itself on a terminal, else a line every
 * ten seconds. For one thread.
 */
final class Progress implements AutoCloseable {

  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;
  private static final int BAR = 30;

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final int logs;
  private final long bytes;
  private final long start;
  private long shown;
  private int logsDone;
  private long bytesDone;
  private boolean drawn;

  /**
   * @param logs how many there are to do
   * @param bytes how many there are in them
   */
  Progress(BreakwaterWal.Streams streams, int logs, long bytes) {
    this(streams.err(), streams.terminal(), System::nanoTime, logs, bytes);
  }

  Progress(PrintStream out, boolean terminal, LongSupplier nanos, int logs, long bytes) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.logs = logs;
    this.bytes = bytes;
    this.start = nanos.getAsLong();
    this.shown = start;
  }

  void bytes(long count) {
    bytesDone += count;
    show();
  }

  void logDone() {
    logsDone++;
    show();
  }

  private void show() {
    long now = nanos.getAsLong();
    if (now - shown >= (terminal ? TERMINAL_NANOS : LINE_NANOS)) {
      shown = now;
      draw(now);
    }
  }

  private void draw(long now) {
    long seconds = (now - start) / 1_000_000_000L;
    String state =
        String.format(
            Locale.ROOT,
            "%d/%d logs, %s of %s, %d:%02d",
            logsDone,
            logs,
            WalCommand.size(bytesDone),
            WalCommand.size(bytes),
            seconds / 60,
            seconds % 60);
    if (!terminal) {
      out.println(state);
      return;
    }
    int full = bytes == 0 ? BAR : (int) (BAR * Math.min(bytesDone, bytes) / bytes);
    out.print("\r[" + "#".repeat(full) + "-".repeat(BAR - full) + "] " + state + "\033[K");
    out.flush();
    drawn = true;
  }

  /** Makes room for a line of other output. */
  void clear() {
    if (drawn) {
      out.print("\r\033[K");
      out.flush();
      drawn = false;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
