package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.plan.Target;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.iceberg.SnapshotRef;

/**
 * Up to which snapshot a reader has seen the changes of a branch, kept in the table's property
 * {@code breakwater.changes.bookmark.<name>}, or {@code <branch>.<name>} if the branch is not main.
 *
 * @param target the branch
 * @param name the name of the reader: letters, digits, {@code _} and {@code -}
 */
public record Bookmark(Target target, String name) {
  private static final String PREFIX = "breakwater.changes.bookmark.";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  /**
   * Names a bookmark that need not be there yet.
   *
   * @throws IllegalArgumentException if the name has other characters
   */
  public Bookmark {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Invalid bookmark: %s, must be letters, digits, _ and -".formatted(name));
    }
  }

  /** The property that holds it. */
  public String property() {
    return target.branch().equals(SnapshotRef.MAIN_BRANCH)
        ? PREFIX + name
        : PREFIX + target.branch() + "." + name;
  }

  /**
   * The snapshot that it names, nothing if it was never advanced.
   *
   * @throws IllegalArgumentException if the property is not a snapshot id
   */
  public OptionalLong snapshotId() {
    String value = target.table().properties().get(property());
    if (value == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value.trim()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid %s: %s, must be a snapshot id; set or unset the table property"
              .formatted(property(), value),
          e);
    }
  }

  /**
   * Sets it to {@code snapshotId}.
   *
   * @throws IllegalStateException if somebody else moved it since the table was refreshed
   */
  public void advance(long snapshotId) {
    OptionalLong expected = snapshotId();
    target.table().refresh();
    if (!snapshotId().equals(expected)) {
      throw new IllegalStateException(
          "Cannot advance bookmark %s of %s: somebody else moved it to %d meanwhile; give each reader a bookmark of its own"
              .formatted(name, target.name(), snapshotId().orElse(-1)));
    }
    target.table().updateProperties().set(property(), Long.toString(snapshotId)).commit();
  }
}
