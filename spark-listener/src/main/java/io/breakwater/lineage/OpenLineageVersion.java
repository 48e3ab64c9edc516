package io.breakwater.lineage;

import io.openlineage.spark.agent.Versions;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the host's OpenLineage is as new as the one that this module is built for. An older one
 * lacks classes and methods, some of which are not called before a certain query comes.
 */
final class OpenLineageVersion {

  /** What this module is built for and tested with. */
  static final String NEEDED = "1.53.0";

  /** What a vendor adds to the numbers says nothing about the age. */
  private static final Pattern NUMBERS =
      Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?");

  private OpenLineageVersion() {}

  /**
   * The version on the class path, if it is older than the needed one.
   *
   * @throws LinkageError if there is no OpenLineage
   */
  static Optional<String> older() {
    return Optional.ofNullable(Versions.getVersion()).filter(OpenLineageVersion::isOlder);
  }

  /** False also for what is no number, such as the {@code main} of somebody's own build. */
  static boolean isOlder(String version) {
    Matcher numbers = NUMBERS.matcher(version);
    Matcher needed = NUMBERS.matcher(NEEDED);
    return numbers.lookingAt()
        && needed.lookingAt()
        && Arrays.compare(parts(numbers), parts(needed)) < 0;
  }

  private static int[] parts(MatchResult numbers) {
    return new int[] {
      Integer.parseInt(numbers.group(1)),
      Integer.parseInt(numbers.group(2)),
      numbers.group(3) == null ? 0 : Integer.parseInt(numbers.group(3))
    };
  }
}
