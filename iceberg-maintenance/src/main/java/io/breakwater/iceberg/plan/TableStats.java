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
   * @param all every Puffin file of the snapshot
   * @param where which partitions the rows are about; a Puffin file with a vector of one of them is
   *     counted as a whole
   */
  public static List<StatsRow> rows(
      RewritePlan plan, List<PuffinContent> all, PartitionFilter where) {
    List<PuffinContent> puffins =
        all.stream()
            .filter(
                puffin ->
                    puffin.vectors().stream().anyMatch(vector -> where.matches(vector.file())))
            .toList();
    List<LiveVector> vectors =
        plan.deletes().vectors().stream().filter(vector -> where.matches(vector.file())).toList();
    List<StatsRow> rows = new ArrayList<>();
    puffins.forEach(puffin -> rows.add(ofPuffin(puffin, plan)));
    rows.addAll(ofPartitions(vectors, plan.deletes()));
    rows.add(ofTable(plan, puffins, vectors));
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
        puffin.pinnedBytes(),
        rows.deleted(),
        rows.rows(),
        rows.ratio(),
        rows.maxRatio(),
        rows.filesOverRatio(),
        rows.vectorsByCardinality(),
        rows.filesByRatio(),
        null,
        null,
        null,
        Advice.ofPuffin(puffin, plan));
  }

  private static List<StatsRow> ofPartitions(List<LiveVector> all, TableDeletes deletes) {
    Map<Partition, List<LiveVector>> vectors =
        all.stream()
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
    FileTotals positionDeletes =
        deletes.positionDeleteFiles().getOrDefault(partition, FileTotals.NONE);
    FileTotals equalityDeletes =
        deletes.equalityDeleteFiles().getOrDefault(partition, FileTotals.NONE);
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
        null,
        rows.deleted(),
        rows.rows(),
        rows.ratio(),
        rows.maxRatio(),
        rows.filesOverRatio(),
        rows.vectorsByCardinality(),
        rows.filesByRatio(),
        null,
        positionDeletes.files(),
        equalityDeletes.files(),
        Advice.ofRows(rows, positionDeletes, equalityDeletes));
  }

  private static StatsRow ofTable(
      RewritePlan plan, List<PuffinContent> puffins, List<LiveVector> vectors) {
    TableDeletes deletes = plan.deletes();
    DeletedRows rows = DeletedRows.of(vectors);
    FileTotals positionDeletes = FileTotals.sum(deletes.positionDeleteFiles().values());
    FileTotals equalityDeletes = FileTotals.sum(deletes.equalityDeleteFiles().values());
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
        puffins.stream().mapToLong(PuffinContent::pinnedBytes).sum(),
        rows.deleted(),
        rows.rows(),
        rows.ratio(),
        rows.maxRatio(),
        rows.filesOverRatio(),
        rows.vectorsByCardinality(),
        rows.filesByRatio(),
        deletes.deleteManifests(),
        positionDeletes.files(),
        equalityDeletes.files(),
        Advice.ofTable(rows, positionDeletes, equalityDeletes, plan));
  }
}
