package io.breakwater.iceberg.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Turns the deletes of a snapshot and the footers of its Puffin files into rows. */
public final class TableStats {
  private TableStats() {}

  /**
   * One row per Puffin file, one per partition of a partitioned table, one for the table.
   *
   * @param plan what {@code rewrite_deletion_vectors} would do now
   * @param puffins every Puffin file of the snapshot
   */
  public static List<StatsRow> rows(RewritePlan plan, List<PuffinContent> puffins) {
    List<StatsRow> rows = new ArrayList<>();
    puffins.forEach(puffin -> rows.add(ofPuffin(puffin, plan)));
    rows.addAll(ofPartitions(plan.deletes()));
    rows.add(ofTable(plan, puffins));
    return List.copyOf(rows);
  }

  private static StatsRow ofPuffin(PuffinContent puffin, RewritePlan plan) {
    DeletedRows rows = DeletedRows.of(puffin.vectors());
    return new StatsRow(
        "puffin",
        null,
        null,
        puffin.layout().path(),
        1L,
        puffin.layout().fileBytes(),
        rows.vectors(),
        rows.dangling(),
        (long) puffin.deadBlobs().size(),
        puffin.liveBlobBytes(),
        puffin.deadBlobBytes(),
        puffin.layout().footerBytes(),
        rows.deleted(),
        rows.rows(),
        rows.ratio(),
        rows.maxRatio(),
        rows.filesOverRatio(),
        null,
        null,
        null,
        Advice.ofPuffin(puffin, plan));
  }

  private static List<StatsRow> ofPartitions(TableDeletes deletes) {
    Map<Partition, List<LiveVector>> vectors =
        deletes.vectors().stream()
            .collect(
                Collectors.groupingBy(LiveVector::partition, TreeMap::new, Collectors.toList()));
    TreeSet<Partition> partitions = new TreeSet<>(vectors.keySet());
    partitions.addAll(deletes.positionDeleteFiles().keySet());
    partitions.addAll(deletes.equalityDeleteFiles().keySet());
    return partitions.stream()
        .filter(partition -> !partition.path().isEmpty())
        .map(
            partition ->
                ofPartition(partition, vectors.getOrDefault(partition, List.of()), deletes))
        .toList();
  }

  private static StatsRow ofPartition(
      Partition partition, List<LiveVector> vectors, TableDeletes deletes) {
    DeletedRows rows = DeletedRows.of(vectors);
    int positionDeletes = deletes.positionDeleteFiles().getOrDefault(partition, 0);
    int equalityDeletes = deletes.equalityDeleteFiles().getOrDefault(partition, 0);
    return new StatsRow(
        "partition",
        partition.path(),
        partition.specId(),
        null,
        vectors.stream().map(vector -> vector.file().location()).distinct().count(),
        null,
        rows.vectors(),
        rows.dangling(),
        null,
        vectors.stream().mapToLong(LiveVector::blobBytes).sum(),
        null,
        null,
        rows.deleted(),
        rows.rows(),
        rows.ratio(),
        rows.maxRatio(),
        rows.filesOverRatio(),
        null,
        positionDeletes,
        equalityDeletes,
        Advice.ofRows(rows, positionDeletes, equalityDeletes));
  }

  private static StatsRow ofTable(RewritePlan plan, List<PuffinContent> puffins) {
    TableDeletes deletes = plan.deletes();
    DeletedRows rows = DeletedRows.of(deletes.vectors());
    int positionDeletes = sum(deletes.positionDeleteFiles());
    int equalityDeletes = sum(deletes.equalityDeleteFiles());
    return new StatsRow(
        "table",
        null,
        null,
        null,
        (long) puffins.size(),
        puffins.stream().mapToLong(puffin -> puffin.layout().fileBytes()).sum(),
        rows.vectors(),
        rows.dangling(),
        puffins.stream().mapToLong(puffin -> puffin.deadBlobs().size()).sum(),
        puffins.stream().mapToLong(PuffinContent::liveBlobBytes).sum(),
        puffins.stream().mapToLong(PuffinContent::deadBlobBytes).sum(),
        puffins.stream().mapToLong(puffin -> puffin.layout().footerBytes()).sum(),
        rows.deleted(),
        rows.rows(),
        rows.ratio(),
        rows.maxRatio(),
        rows.filesOverRatio(),
        deletes.deleteManifests(),
        positionDeletes,
        equalityDeletes,
        Advice.ofTable(rows, positionDeletes, equalityDeletes, plan));
  }

  private static int sum(Map<Partition, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
