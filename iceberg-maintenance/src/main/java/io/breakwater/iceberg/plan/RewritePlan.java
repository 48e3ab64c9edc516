package io.breakwater.iceberg.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which deletion vectors go into which new Puffin file. Every vector of a chosen Puffin file is in
 * the plan, so that the table needs the file no longer. Immutable.
 *
 * @param deletes the snapshot that was planned for
 * @param sources the Puffin files that are replaced
 * @param groups the new Puffin files
 * @param dangling vectors without a data file: removed, not copied
 * @param reason why these files, or why none
 */
public record RewritePlan(
    TableDeletes deletes,
    List<PuffinContent> sources,
    List<Group> groups,
    List<LiveVector> dangling,
    String reason) {

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return sources.isEmpty();
  }

  /**
   * Refuses a table whose answers are not defined.
   *
   * @throws IllegalStateException if a data file has two deletion vectors
   */
  public void requireOneVectorPerDataFile() {
    Map<String, LiveVector> seen = new HashMap<>();
    for (LiveVector vector : deletes.vectors()) {
      LiveVector other = seen.put(vector.file().referencedDataFile(), vector);
      if (other != null) {
        throw new IllegalStateException(
            "Cannot rewrite deletion vectors of %s: data file %s has two, in %s and %s; the table is"
                    .formatted(
                        deletes.tableName(),
                        vector.file().referencedDataFile(),
                        other.file().location(),
                        vector.file().location())
                + " damaged, roll back to a snapshot before the second");
      }
    }
  }

  /**
   * What one new Puffin file takes from one old one.
   *
   * @param source the old file
   * @param vectors the vectors to copy, by offset
   */
  public record Part(PuffinLayout source, List<LiveVector> vectors) {}

  /**
   * One new Puffin file.
   *
   * @param parts what is copied, in this order
   */
  public record Group(List<Part> parts) {

    /** The vectors that are copied. */
    public List<LiveVector> vectors() {
      return parts.stream().flatMap(part -> part.vectors().stream()).toList();
    }

    /** How large the new file gets, up to a few bytes per vector. */
    public long estimatedBytes() {
      return RewritePlanner.FILE_OVERHEAD_BYTES
          + vectors().stream().mapToLong(RewritePlanner::bytesWithFooter).sum();
    }
  }
}
