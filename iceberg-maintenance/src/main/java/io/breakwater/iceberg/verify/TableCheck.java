package io.breakwater.iceberg.verify;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.verify.Bound.What;
import io.breakwater.iceberg.verify.Entry.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.source.SerializableTableWithSize;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** One check of one snapshot, as Spark jobs. Writes nothing. Not thread-safe. */
final class TableCheck {
  private static final int MAX_MANIFEST_TASKS = 1000;
  private static final long CHUNK_BYTES = 64L << 20;

  private final SparkSession spark;
  private final Target target;
  private final PartitionFilter where;
  private final int maxFindings;
  private final List<Dataset<Row>> persisted = new ArrayList<>();
  private String description;

  TableCheck(SparkSession spark, Target target, PartitionFilter where, int maxFindings) {
    this.spark = spark;
    this.target = target;
    this.where = where;
    this.maxFindings = maxFindings;
  }

  Findings run() {
    Snapshot snapshot = target.snapshot();
    if (snapshot == null) {
      return Findings.nothing(null);
    }
    String outer = spark.sparkContext().getLocalProperty("spark.job.description");
    description = outer == null ? "check of " + target.name() : outer;
    Broadcast<Table> table =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(SerializableTableWithSize.copyOf(target.table()));
    try {
      return check(snapshot, table);
    } finally {
      persisted.forEach(Dataset::unpersist);
      table.unpersist();
      spark.sparkContext().setJobDescription(outer);
    }
  }

  private Findings check(Snapshot snapshot, Broadcast<Table> table) {
    step("reading manifests");
    Dataset<Row> entries = persist(entries(snapshot, table));
    Map<Kind, Long> counts = new HashMap<>();
    entries
        .groupBy("kind")
        .count()
        .collectAsList()
        .forEach(row -> counts.put(Kind.valueOf(row.getString(0)), row.getLong(1)));
    boolean allDataKnown = !counts.containsKey(Kind.UNREADABLE_DATA);
    boolean complete = allDataKnown && !counts.containsKey(Kind.UNREADABLE_DELETES);

    Dataset<Row> findings = unreadable(entries);
    if (counts.containsKey(Kind.VECTOR)
        || counts.containsKey(Kind.POSITIONS)
        || counts.containsKey(Kind.EQUALITY)) {
      step("bringing entries together by data file");
      Dataset<Row> bound = persist(bound(entries, allDataKnown));
      findings = findings.union(vectors(bound, table)).union(deleteFiles(entries, table));
      if (counts.containsKey(Kind.POSITIONS) || counts.containsKey(Kind.EQUALITY)) {
        Deletes deletes = new Deletes(entries, bound, allDataKnown);
        Dataset<Row> lost = persist(deletes.compared(table));
        findings = findings.union(lost).union(deletes.useless(lost, table.value()));
      }
    }
    step("reading Puffin files");
    return collect(snapshot, persist(findings), complete);
  }

  private Findings collect(Snapshot snapshot, Dataset<Row> findings, boolean complete) {
    Column warning =
        col("code")
            .isin(
                Arrays.stream(Code.values())
                    .filter(code -> code.severity() == Severity.WARNING)
                    .map(Code::name)
                    .toArray());
    Row totals =
        findings
            .agg(
                count(when(warning, 1)),
                count(col("code")),
                sum("vectors"),
                sum("deleteFiles"),
                sum("bytes"))
            .head();
    List<Finding> listed =
        findings
            .filter(col("code").isNotNull())
            .orderBy(warning, col("code"), col("dataFile"), col("file"), col("offset"))
            .limit(maxFindings)
            .collectAsList()
            .stream()
            .map(Finding.RECORDS::fromRow)
            .toList();
    return new Findings(
        snapshot.snapshotId(),
        listed,
        totals.getLong(1) - totals.getLong(0),
        totals.getLong(0),
        totals.isNullAt(2) ? 0 : totals.getLong(2),
        totals.isNullAt(3) ? 0 : totals.getLong(3),
        totals.isNullAt(4) ? 0 : totals.getLong(4),
        complete);
  }

  private Dataset<Row> entries(Snapshot snapshot, Broadcast<Table> table) {
    List<byte[]> manifests = new ArrayList<>();
    try {
      for (ManifestFile manifest : snapshot.allManifests(target.table().io())) {
        manifests.add(ManifestFiles.encode(manifest));
      }
    } catch (IOException | RuntimeException e) {
      return spark.createDataset(
          List.of(
              Entry.RECORDS.toRow(
                  ManifestEntries.unreadable(
                      Kind.UNREADABLE_DATA, snapshot.manifestListLocation(), e))),
          Entry.RECORDS.encoder());
    }
    return spark
        .createDataset(manifests, Encoders.BINARY())
        .repartition(Math.max(1, Math.min(manifests.size(), MAX_MANIFEST_TASKS)))
        .flatMap(new ManifestEntries(table, where), Entry.RECORDS.encoder());
  }

  private static Dataset<Row> bound(Dataset<Row> entries, boolean allDataKnown) {
    Column key = regexp_replace(col("dataFile"), ByDataFile.SCHEME, "");
    return entries
        .filter(
            col("kind")
                .isin(Kind.DATA.name(), Kind.VECTOR.name())
                .or(col("kind").equalTo(Kind.POSITIONS.name()).and(col("dataFile").isNotNull())))
        .repartition(key)
        .sortWithinPartitions(key)
        .mapPartitions(new ByDataFile(allDataKnown), Bound.RECORDS.encoder());
  }

  private static Dataset<Row> vectors(Dataset<Row> bound, Broadcast<Table> table) {
    return bound
        .filter(col("what").equalTo(What.VECTOR.name()))
        .repartition(
            col("entry.path"), floor(coalesce(col("entry.offset"), lit(0L)).divide(CHUNK_BYTES)))
        .sortWithinPartitions(col("entry.path"), col("entry.offset"))
        .mapPartitions(new PuffinCheck(table), Finding.RECORDS.encoder());
  }

  private static Dataset<Row> deleteFiles(Dataset<Row> entries, Broadcast<Table> table) {
    return entries
        .filter(col("kind").isin(Kind.POSITIONS.name(), Kind.EQUALITY.name()))
        .filter("selected")
        .repartition(col("path"))
        .sortWithinPartitions("path")
        .mapPartitions(new DeleteFileCheck(table), Finding.RECORDS.encoder());
  }

  private static Dataset<Row> unreadable(Dataset<Row> entries) {
    return entries
        .filter(col("kind").isin(Kind.UNREADABLE_DATA.name(), Kind.UNREADABLE_DELETES.name()))
        .map(
            (MapFunction<Row, Row>)
                row -> {
                  Entry entry = Entry.RECORDS.fromRow(row);
                  return Finding.RECORDS.toRow(
                      Finding.of(Code.MANIFEST_UNREADABLE, entry, entry.problem(), null));
                },
            Finding.RECORDS.encoder());
  }

  private Dataset<Row> persist(Dataset<Row> rows) {
    Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
    persisted.add(kept);
    return kept;
  }

  private void step(String what) {
    spark.sparkContext().setJobDescription(description + ": " + what);
  }
}
