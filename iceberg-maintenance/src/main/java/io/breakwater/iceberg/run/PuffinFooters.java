package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.LiveVector;
import io.breakwater.iceberg.plan.PuffinContent;
import io.breakwater.iceberg.plan.TableDeletes;
import java.util.List;
import java.util.function.Predicate;
import org.apache.iceberg.Table;

/** Reads the footers of all Puffin files that a snapshot references. */
public final class PuffinFooters {
  private static final int CONCURRENT_READS = 8;

  private PuffinFooters() {}

  /**
   * One small read per Puffin file.
   *
   * @throws CorruptDeletionVectorException if a footer cannot be understood
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static List<PuffinContent> read(Table table, TableDeletes deletes) {
    return read(table, deletes, path -> true);
  }

  /** The same, of the files that {@code path} accepts only. */
  static List<PuffinContent> read(Table table, TableDeletes deletes, Predicate<String> path) {
    return Parallel.map(
        "breakwater-puffin-footer",
        CONCURRENT_READS,
        deletes.byPuffin().entrySet().stream()
            .filter(puffin -> path.test(puffin.getKey()))
            .toList(),
        puffin -> content(table, puffin.getKey(), puffin.getValue()));
  }

  private static PuffinContent content(Table table, String path, List<LiveVector> vectors) {
    long fileBytes = vectors.get(0).file().fileSizeInBytes();
    return new PuffinContent(PuffinFile.layout(table.io(), path, fileBytes), vectors);
  }
}
