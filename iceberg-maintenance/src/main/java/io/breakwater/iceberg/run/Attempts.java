package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.Target;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans and works again after a concurrent commit took what was planned, after a pause. */
public final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final int MAX_PAUSE_DOUBLINGS = 6;

  private Attempts() {}

  /**
   * Runs {@code work} until it does not meet a conflict.
   *
   * @param target what is changed
   * @param purpose what it is for, as in "Cannot <i>rewrite deletion vectors</i> of db.t"
   * @param retries how many attempts may follow the first
   * @param work one attempt; gets its number, from 1
   * @throws CommitFailedException if every attempt met a conflict; the table is unchanged
   */
  public static <R> R run(Target target, String purpose, int retries, IntFunction<R> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.apply(attempt);
      } catch (CommitStateUnknownException e) {
        throw e;
      } catch (ValidationException | CommitFailedException e) {
        if (attempt > retries) {
          throw new CommitFailedException(
              e,
              "Cannot %s of %s: in each of %d attempts a concurrent commit changed files of the"
                  + " plan, last: %s; the table is unchanged, call again when there are fewer writers"
                  + " or with a larger conflict-retries",
              purpose,
              target.name(),
              attempt,
              e.getMessage());
        }
        LOG.info(
            "Attempt {} to {} of {} met a concurrent commit, planning again",
            attempt,
            purpose,
            target.name(),
            e);
        pause(purpose, attempt);
      }
    }
  }

  /**
   * Waits before attempt {@code attempt + 1}: 0.1 to 0.2 seconds after the first, up to twice as
   * long after each further one, 6.4 at most.
   *
   * @throws IllegalStateException if the thread is interrupted
   */
  public static void pause(String purpose, int attempt) {
    long most = FIRST_PAUSE_MILLIS << Math.min(attempt, MAX_PAUSE_DOUBLINGS);
    try {
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot %s: cancelled".formatted(purpose), e);
    }
  }
}
