package io.breakwater.iceberg.plan;

/**
 * What to do next, and why.
 *
 * @param action the name of a procedure, or {@value #NONE}
 * @param reason the numbers behind it
 */
public record Advice(String action, String reason) {
  /** The action if nothing is worth its cost. */
  public static final String NONE = "none";

  /** Iceberg's default of delete-ratio-threshold: from here on it rewrites the data file. */
  static final double DELETED_ROW_RATIO = 0.3;

  private static final int MANY_MANIFESTS = 10;
  private static final int FEW_ENTRIES = 1000;

  static Advice ofPuffin(PuffinContent puffin, RewritePlan plan) {
    boolean chosen =
        plan.sources().stream()
            .anyMatch(source -> source.layout().path().equals(puffin.layout().path()));
    String numbers =
        "%d bytes, %.0f%% of its blob bytes useless"
            .formatted(puffin.layout().fileBytes(), 100 * puffin.uselessRatio());
    return chosen
        ? new Advice("rewrite_deletion_vectors", numbers)
        : new Advice(NONE, numbers + ", not worth a rewrite alone");
  }

  static Advice ofRows(DeletedRows rows, int positionDeletes, int equalityDeletes) {
    if (positionDeletes > 0) {
      return new Advice(
          "rewrite_position_delete_files",
          "%d position delete files are left of format version 2; with option rewrite-all"
              .formatted(positionDeletes));
    }
    if (equalityDeletes > 0) {
      return new Advice(
          "rewrite_data_files",
          "%d equality delete files slow every scan; with option delete-file-threshold 1"
              .formatted(equalityDeletes));
    }
    if (rows.filesOverRatio() > 0) {
      return new Advice(
          "rewrite_data_files",
          "%d data files have %.0f%% or more of their rows deleted"
              .formatted(rows.filesOverRatio(), 100 * DELETED_ROW_RATIO));
    }
    return new Advice(NONE, "few deleted rows per data file");
  }

  static Advice ofTable(
      DeletedRows rows, int positionDeletes, int equalityDeletes, RewritePlan plan) {
    Advice ofRows = ofRows(rows, positionDeletes, equalityDeletes);
    if (!ofRows.action().equals(NONE)) {
      return ofRows;
    }
    if (!plan.isEmpty()) {
      return new Advice("rewrite_deletion_vectors", plan.reason());
    }
    int manifests = plan.deletes().deleteManifests();
    int entries = plan.deletes().vectors().size();
    if (manifests >= MANY_MANIFESTS && entries < (long) manifests * FEW_ENTRIES) {
      return new Advice(
          "rewrite_manifests",
          "%d delete manifests for %d deletion vectors slow the planning of every scan"
              .formatted(manifests, entries));
    }
    return new Advice(
        NONE, "few deleted rows per data file, few small Puffin files, few manifests");
  }
}
