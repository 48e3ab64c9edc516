package io.breakwater.lineage.deliver;

import io.breakwater.lineage.scrub.TextScrubber;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Logs a problem the first time that its kind comes up: what failed, and the class of the
 * exception. A backend that is down for a night leaves one line, not a million. Without secrets.
 */
public final class ProblemLog {

  private static final int MAX_CAUSE = 500;
  private static final int MAX_CAUSES = 16;

  private final Logger log;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  /** A log of problems that writes to {@code log}. */
  public ProblemLog(Logger log) {
    this.log = log;
  }

  /**
   * Logs at WARN with the reason in the same line, and the stack trace at DEBUG.
   *
   * @param what the failed operation, as "Cannot do something to something"
   * @param then what happens now
   */
  public void warn(String what, Throwable cause, String then) {
    if (seen.add(what + cause.getClass().getName())) {
      log.warn(
          "{}: {}; {}. Further failures of this kind are not logged", what, shorten(cause), then);
    }
    if (log.isDebugEnabled()) {
      log.debug("{}", what, Clean.of(cause));
    }
  }

  /** Some transports and backends put the whole event in their messages. */
  private static String shorten(Throwable cause) {
    String text = TextScrubber.safeText(cause.toString());
    return text.length() <= MAX_CAUSE ? text : text.substring(0, MAX_CAUSE) + "...";
  }

  /** Logs at ERROR with the stack trace: something that nobody expected. */
  public void error(String what, Throwable cause) {
    if (seen.add(what + cause.getClass().getName())) {
      Throwable clean = Clean.of(cause);
      log.error("{}: {}. Further failures of this kind are not logged", what, clean, clean);
    }
  }

  /** A failure as it is printed, without the secrets that somebody has put into its messages. */
  @SuppressWarnings("OverrideThrowableToString") // It stands for a failure of another class.
  private static final class Clean extends Exception {
    private static final long serialVersionUID = 1L;

    private Clean(String text, Throwable cause, StackTraceElement[] stack) {
      super(text, cause, false, true);
      setStackTrace(stack);
    }

    static Clean of(Throwable failure) {
      return of(failure, MAX_CAUSES);
    }

    private static Clean of(Throwable failure, int causes) {
      Throwable cause = failure.getCause();
      return new Clean(
          TextScrubber.safeText(failure.toString()),
          cause == null || causes == 0 ? null : of(cause, causes - 1),
          failure.getStackTrace());
    }

    @Override
    public String toString() {
      return getMessage();
    }
  }

  /** Lets the next problem with {@code what} be logged again, because it was over in between. */
  public void over(String what) {
    seen.removeIf(kind -> kind.startsWith(what));
  }
}
