package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.Backlog;
import io.breakwater.lineage.spool.Spool;
import java.time.Duration;

/** Keeps copies of what waits, somewhere off this machine. No call but {@link #stop} waits. */
public interface SpoolCopies {

  /** Begins to keep copies of {@code spool}. */
  void start(Spool spool);

  /** Has copies of {@code backlog} kept too, which a driver that is gone has left. */
  void track(Backlog backlog);

  /** Has everything copied that is there, now, because the driver ends. The spool is sealed. */
  void hurry();

  /** Brings the copies up to date a last time; leaves what takes longer than {@code timeout}. */
  void stop(Duration timeout) throws InterruptedException;

  /** No copies. */
  static SpoolCopies none() {
    return new SpoolCopies() {
      @Override
      public void start(Spool spool) {}

      @Override
      public void track(Backlog backlog) {}

      @Override
      public void hurry() {}

      @Override
      public void stop(Duration timeout) {}
    };
  }
}
