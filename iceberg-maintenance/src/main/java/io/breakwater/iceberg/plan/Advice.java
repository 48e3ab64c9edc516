package io.breakwater.iceberg.plan;

/**
 * What to do next, why, and what it takes and gives.
 *
 * @param action the name of a procedure, or {@value #NONE}
 * @param reason the numbers behind it
 * @param effect bytes that the action would move
 */
public record Advice(String action, String reason, Effect effect) {
  /** The action if nothing is worth its cost. */
  public static final String NONE = "none";

  /** Iceberg's default of delete-ratio-threshold: from here on it rewrites the data file. */
  static final double DELETED_ROW_RATIO = 0.3;

  private static final int MANY_MANIFESTS = 10;
  private static final int FEW_ENTRIES = 1000;

  /**
   * An estimate from metadata alone; null where metadata cannot tell.
   *
   * @param readBytes bytes that the action reads
   * @param writtenBytes bytes that it writes
   * @param freedBytes bytes that storage gets back, less those that are written, once the older
   *     snapshots are expired
   */
  public record Effect(Long readBytes, Long writtenBytes, Long freedBytes) {
    static final Effect UNKNOWN = new Effect(null, null, null);
    static final Effect NOTHING = new Effect(0L, 0L, 0L);

    static Effect of(long read, long written, long removed) {
      return new Effect(read, written, removed - written);
    }
  }

  /** Whether so many delete manifests with so few entries slow the planning of scans. */
  public static boolean manifestsAreWorthMerging(int manifests, long entries) {
    return manifests >= MANY_MANIFESTS && entries < (long) manifests * FEW_ENTRIES;
  }

  static Advice none(String reason) {
    return new Advice(NONE, reason, Effect.NOTHING);
  }

  static Advice ofPuffin(PuffinContent puffin, RewritePlan plan) {
    boolean chosen =
        plan.sources().stream()
            .anyMatch(source -> source.layout().path().equals(puffin.layout().path()));
    String numbers =
        "%d bytes, %.0f%% of its blob bytes useless"
            .formatted(puffin.layout().fileBytes(), 100 * puffin.uselessRatio());
    return chosen
        ? new Advice(
            "rewrite_deletion_vectors",
            numbers,
            Effect.of(
                puffin.liveBlobBytes() + puffin.layout().footerBytes(),
                puffin.layout().fileBytes() - puffin.pinnedBytes(),
                puffin.layout().fileBytes()))
        : none(numbers + ", not worth a rewrite alone");
  }

  static Advice ofRows(DeletedRows rows, FileTotals positionDeletes, FileTotals equalityDeletes) {
    if (positionDeletes.files() > 0) {
      return new Advice(
          "upgrade_to_deletion_vectors",
          "%d position delete files are left of format version 2"
              .formatted(positionDeletes.files()),
          new Effect(positionDeletes.bytes(), null, null));
    }
    if (equalityDeletes.files() > 0) {
      return new Advice(
          "convert_equality_deletes",
          "%d equality delete files are joined by every scan".formatted(equalityDeletes.files()),
          Effect.UNKNOWN);
    }
    if (rows.filesOverRatio() > 0) {
      return new Advice(
          "compact_deleted_rows",
          "%d data files have %.0f%% or more of their rows deleted"
              .formatted(rows.filesOverRatio(), 100 * DELETED_ROW_RATIO),
          Effect.of(rows.bytesOverRatio(), rows.keptBytesOverRatio(), rows.bytesOverRatio()));
    }
    return none("few deleted rows per data file");
  }

  static Advice ofTable(
      DeletedRows rows, FileTotals positionDeletes, FileTotals equalityDeletes, RewritePlan plan) {
    Advice ofRows = ofRows(rows, positionDeletes, equalityDeletes);
    if (!ofRows.action().equals(NONE)) {
      return ofRows;
    }
    if (!plan.isEmpty()) {
      long written = plan.groups().stream().mapToLong(RewritePlan.Group::estimatedBytes).sum();
      long sources = plan.sources().stream().mapToLong(source -> source.layout().fileBytes()).sum();
      long dead = plan.sources().stream().mapToLong(PuffinContent::deadBlobBytes).sum();
      return new Advice(
          "rewrite_deletion_vectors", plan.reason(), Effect.of(sources - dead, written, sources));
    }
    int manifests = plan.deletes().deleteManifests();
    int entries = plan.deletes().vectors().size();
    if (manifestsAreWorthMerging(manifests, entries)) {
      return new Advice(
          "rewrite_manifests",
          "%d delete manifests for %d deletion vectors slow the planning of every scan"
              .formatted(manifests, entries),
          Effect.UNKNOWN);
    }
    return none("few deleted rows per data file, few small Puffin files, few manifests");
  }
}
