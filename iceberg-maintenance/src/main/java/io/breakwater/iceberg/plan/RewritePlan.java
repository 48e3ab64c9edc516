package io.breakwater.iceberg.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** The paths of the sources in {@code most} groups at most, of about equal size. */
  public List<Set<String>> batches(int most) {
    int size = Math.max(1, (sources.size() + most - 1) / most);
    List<Set<String>> batches = new ArrayList<>();
    for (int from = 0; from < sources.size(); from += size) {
      batches.add(
          sources.subList(from, Math.min(from + size, sources.size())).stream()
              .map(source -> source.layout().path())
              .collect(Collectors.toUnmodifiableSet()));
    }
    return batches;
  }

  /** The sizes of the sources with these paths. */
  public long sourceBytes(Set<String> paths) {
    return sources.stream()
        .map(PuffinContent::layout)
        .filter(layout -> paths.contains(layout.path()))
        .mapToLong(PuffinLayout::fileBytes)
        .sum();
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
