package io.breakwater.lineage.archive;

import io.breakwater.lineage.spool.Backlog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The copies of local spools that are replayed: what was delivered from here must not be sent again
 * from there. {@link #track} may be called by any thread.
 */
public final class ReplayedCopies {

  private record Tracked(DriverCopy copy, Path location) {}

  private final Queue<Tracked> tracked = new ConcurrentLinkedQueue<>();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();

  /** Remembers where copies of {@code backlog} are, if there are any. */
  public void track(Backlog backlog) {
    try {
      DriverCopy copy = new DriverCopy(backlog);
      backlog.archive().ifPresent(where -> tracked.add(new Tracked(copy, new Path(where))));
    } catch (IOException e) {
      problems.add("Cannot tell where copies of " + backlog.name() + " are: " + e);
    }
  }

  /** Deletes the copies of what was delivered; returns a line for each failure. */
  public List<String> settle(Configuration configuration) {
    for (Tracked driver : tracked) {
      try {
        Archive archive = Archive.open(driver.location().getParent().toUri(), configuration);
        driver.copy().sync(() -> archive, Duration.ZERO, () -> false);
      } catch (IOException | RuntimeException e) {
        problems.add(
            "Cannot delete the copies in "
                + driver.location()
                + ": "
                + e
                + "; a replay of them sends their events again");
      }
    }
    return new ArrayList<>(problems);
  }
}
