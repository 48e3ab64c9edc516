package io.breakwater.iceberg.history;

import com.google.common.base.Throwables;
import java.util.Optional;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;

/** Which failures are the fate of concurrent commits. */
final class Conflicts {
  private static final int MAX_LENGTH = 60;

  private Conflicts() {}

  /** The gist of the message if {@code failure} is a conflict of concurrent commits. */
  static Optional<String> gist(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .filter(
            cause ->
                cause instanceof ValidationException
                    || cause instanceof CommitFailedException
                    || isNoAncestor(cause))
        .reduce((outer, inner) -> inner)
        .map(cause -> gist(String.valueOf(cause.getMessage())));
  }

  /** Whether the snapshot that a job began with expired before it committed, by a purge. */
  static boolean isExpiredMeanwhile(Throwable failure) {
    return Throwables.getCausalChain(failure).stream().anyMatch(Conflicts::isNoAncestor);
  }

  private static boolean isNoAncestor(Throwable failure) {
    return failure instanceof IllegalArgumentException
        && String.valueOf(failure.getMessage()).contains(" is not an ancestor of ");
  }

  private static String gist(String message) {
    String words =
        message
            .lines()
            .findFirst()
            .orElse("")
            .split("[:(\\[]| for \\S*/", 2)[0]
            .replaceAll("\\d{9,}", "N")
            .strip();
    return words.length() > MAX_LENGTH ? words.substring(0, MAX_LENGTH) : words;
  }
}
