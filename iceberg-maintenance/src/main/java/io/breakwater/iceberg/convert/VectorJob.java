package io.breakwater.iceberg.convert;

import static org.apache.spark.sql.functions.col;

import io.breakwater.iceberg.convert.WriteVectors.DataFileOfVector;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.SafeCommit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.source.SerializableTableWithSize;
import org.apache.iceberg.util.SerializationUtil;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.CollectionAccumulator;

/** The Spark job that finds the deleted positions of a group and writes them as vectors. */
final class VectorJob {
  private static final String DESCRIPTION = "spark.job.description";

  private static final long DELETES_PER_PUFFIN = 4_000_000;
  private static final long DATA_FILES_PER_PUFFIN = 2_000;

  private final SparkSession spark;
  private final Target target;
  private final ConvertPlan plan;
  private final ConvertGroup group;
  private final SafeCommit commit;

  VectorJob(
      SparkSession spark, Target target, ConvertPlan plan, ConvertGroup group, SafeCommit commit) {
    this.spark = spark;
    this.target = target;
    this.plan = plan;
    this.group = group;
    this.commit = commit;
  }

  /** The new vectors, at most one for a data file. Their files are told to the commit. */
  List<DeleteFile> run() {
    Table table = KeySchema.readable(target.table(), fieldIds());
    String before = spark.sparkContext().getLocalProperty(DESCRIPTION);
    spark
        .sparkContext()
        .setJobDescription(
            "Converting %d equality and %d position delete files of %s to deletion vectors"
                .formatted(
                    group.equalityDeletes().size(),
                    group.coveredPositionDeletes().size(),
                    target.name()));
    try (StagedReads reads = new StagedReads(spark, table);
        KeyMatch match = new KeyMatch(spark, reads, plan.scopes())) {
      Optional<Dataset<Row>> positions = Positions.of(group, match, spark, reads, plan);
      return positions.map(this::write).orElse(List.of());
    } finally {
      spark.sparkContext().setJobDescription(before);
    }
  }

  private Set<Integer> fieldIds() {
    Set<Integer> ids = new HashSet<>();
    group.matchings().keySet().forEach(keys -> ids.addAll(keys.fieldIds()));
    return ids;
  }

  private List<DeleteFile> write(Dataset<Row> positions) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    CollectionAccumulator<String> paths = spark.sparkContext().collectionAccumulator();
    Broadcast<Table> table = context.broadcast(SerializableTableWithSize.copyOf(target.table()));
    Broadcast<Map<Integer, DataFileOfVector>> files = context.broadcast(dataFiles());
    try {
      List<byte[]> written =
          positions
              .repartition(puffins(), col(Positions.CANDIDATE))
              .mapPartitions(new WriteVectors(table, files, commit.id(), paths), Encoders.BINARY())
              .collectAsList();
      return requireOnePerDataFile(written);
    } finally {
      paths.value().forEach(commit::writes);
      files.destroy();
      table.destroy();
    }
  }

  /**
   * One task writes one file. Few are better, but all vectors of a file are in memory at a time.
   */
  private int puffins() {
    long deletes =
        Stream.of(group.equalityDeletes(), group.positionDeletes())
            .flatMap(List::stream)
            .mapToLong(DeleteFile::recordCount)
            .sum();
    long files = group.candidates().size();
    long wanted = 1 + Math.max(deletes / DELETES_PER_PUFFIN, files / DATA_FILES_PER_PUFFIN);
    return (int) Math.max(1, Math.min(files, wanted));
  }

  private Map<Integer, DataFileOfVector> dataFiles() {
    Map<Integer, DataFileOfVector> files = new HashMap<>();
    for (Candidate candidate : group.candidates()) {
      files.put(
          candidate.id(),
          new DataFileOfVector(
              candidate.location(),
              candidate.file().specId(),
              candidate.file().partition(),
              candidate.vector()));
    }
    return files;
  }

  private static List<DeleteFile> requireOnePerDataFile(List<byte[]> written) {
    Set<String> dataFiles = new HashSet<>();
    List<DeleteFile> vectors = new ArrayList<>();
    for (byte[] ofTask : written) {
      List<DeleteFile> entries = SerializationUtil.deserializeFromBytes(ofTask);
      for (DeleteFile vector : entries) {
        if (!dataFiles.add(vector.referencedDataFile())) {
          throw new IllegalStateException(
              "Cannot convert deletes: two tasks wrote a vector of data file %s"
                  .formatted(vector.referencedDataFile()));
        }
        vectors.add(vector);
      }
    }
    return vectors;
  }
}
