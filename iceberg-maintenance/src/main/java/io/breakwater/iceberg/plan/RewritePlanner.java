package io.breakwater.iceberg.plan;

import io.breakwater.iceberg.plan.RewritePlan.Group;
import io.breakwater.iceberg.plan.RewritePlan.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the Puffin files that are worth a rewrite and packs their vectors.
 *
 * <p>A Puffin file is chosen if {@code rewrite-all} is set, if too many of its bytes are useless,
 * if it holds a vector without a data file, or if it is small and there are enough small ones.
 * Files are packed in the order of partition and age, so that vectors that die together lie
 * together, and each source is read once from front to back.
 */
public final class RewritePlanner {
  static final long FILE_OVERHEAD_BYTES = 100;
  private static final long FOOTER_BYTES_PER_BLOB = 190;

  private static final Comparator<PuffinContent> PARTITION_THEN_AGE =
      Comparator.comparing((PuffinContent puffin) -> puffin.vectors().get(0).partition())
          .thenComparing(puffin -> puffin.vectors().get(0).file().dataSequenceNumber())
          .thenComparing(puffin -> puffin.layout().path());

  private RewritePlanner() {}

  /**
   * Plans a rewrite.
   *
   * @param deletes the deletes of the snapshot
   * @param all every Puffin file that they are in
   * @param scope which of them may be touched
   * @param options what is worth a rewrite
   */
  public static RewritePlan plan(
      TableDeletes deletes, List<PuffinContent> all, RewriteScope scope, RewriteOptions options) {
    List<PuffinContent> puffins = all.stream().filter(scope::holds).toList();
    List<PuffinContent> small = puffins.stream().filter(puffin -> small(puffin, options)).toList();
    boolean enoughSmall = small.size() >= options.minInputFiles();
    List<PuffinContent> chosen =
        puffins.stream()
            .filter(
                puffin ->
                    options.rewriteAll()
                        || wasteful(puffin, options)
                        || (enoughSmall && small(puffin, options)))
            .sorted(PARTITION_THEN_AGE)
            .toList();
    long wasteful = puffins.stream().filter(puffin -> wasteful(puffin, options)).count();
    String reason =
        "%d of %d Puffin files chosen: %d below %d bytes (min-input-files %d), %d with useless bytes"
            .formatted(
                chosen.size(),
                puffins.size(),
                small.size(),
                options.minFileBytes(),
                options.minInputFiles(),
                wasteful);
    return plan(deletes, chosen, options.targetFileBytes(), reason);
  }

  /** Plans a rewrite of all of {@code chosen}. */
  public static RewritePlan planOf(
      TableDeletes deletes, List<PuffinContent> chosen, RewriteOptions options) {
    return plan(
        deletes,
        chosen.stream().sorted(PARTITION_THEN_AGE).toList(),
        options.targetFileBytes(),
        "%d of the chosen Puffin files are still in the table".formatted(chosen.size()));
  }

  private static RewritePlan plan(
      TableDeletes deletes, List<PuffinContent> chosen, long targetBytes, String reason) {
    List<LiveVector> dangling =
        chosen.stream()
            .flatMap(puffin -> puffin.vectors().stream())
            .filter(LiveVector::dangling)
            .toList();
    return new RewritePlan(deletes, chosen, pack(chosen, targetBytes), dangling, reason);
  }

  static long bytesWithFooter(LiveVector vector) {
    return vector.blobBytes() + FOOTER_BYTES_PER_BLOB + vector.file().referencedDataFile().length();
  }

  private static boolean small(PuffinContent puffin, RewriteOptions options) {
    return puffin.layout().fileBytes() < options.minFileBytes();
  }

  private static boolean wasteful(PuffinContent puffin, RewriteOptions options) {
    double useless = puffin.uselessRatio();
    return (useless > 0 && useless >= options.deadRatio())
        || puffin.vectors().stream().anyMatch(LiveVector::dangling);
  }

  private static List<Group> pack(List<PuffinContent> sources, long targetBytes) {
    List<Group> groups = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    long bytes = FILE_OVERHEAD_BYTES;
    for (PuffinContent source : sources) {
      List<LiveVector> part = new ArrayList<>();
      for (LiveVector vector : source.vectors()) {
        if (vector.dangling()) {
          continue;
        }
        boolean empty = parts.isEmpty() && part.isEmpty();
        if (!empty && bytes + bytesWithFooter(vector) > targetBytes) {
          addPart(parts, source, part);
          groups.add(new Group(List.copyOf(parts)));
          parts.clear();
          part.clear();
          bytes = FILE_OVERHEAD_BYTES;
        }
        part.add(vector);
        bytes += bytesWithFooter(vector);
      }
      addPart(parts, source, part);
    }
    if (!parts.isEmpty()) {
      groups.add(new Group(List.copyOf(parts)));
    }
    return List.copyOf(groups);
  }

  private static void addPart(List<Part> parts, PuffinContent source, List<LiveVector> vectors) {
    if (!vectors.isEmpty()) {
      parts.add(new Part(source.layout(), List.copyOf(vectors)));
    }
  }
}
