package io.breakwater.iceberg.verify;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.breakwater.iceberg.verify.Bound.What;
import io.breakwater.iceberg.verify.Entry.Kind;
import io.breakwater.iceberg.verify.Finding.Repair;
import java.util.Arrays;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which position and equality delete files no reader needs, and which hold deletes that a deletion
 * vector has lost.
 *
 * <p>The rules are those of a scan: a position delete file applies to the data files of its
 * partition, or to the one that it names, whose sequence number is not greater, unless they have a
 * deletion vector; an equality delete file to those whose sequence number is less, in its partition
 * or, of an unpartitioned spec, everywhere.
 */
final class Deletes {
  private final Dataset<Row> entries;
  private final Dataset<Row> bound;
  private final Dataset<Row> partitions;
  private final Dataset<Row> repeated;
  private final boolean allDataKnown;

  Deletes(Dataset<Row> entries, Dataset<Row> bound, boolean allDataKnown) {
    this.entries = entries.filter("selected");
    this.repeated =
        entries
            .filter(col("kind").isin(Kind.POSITIONS.name(), Kind.EQUALITY.name()))
            .groupBy(col("path").as("repeated"))
            .agg(count(lit(1)).as("times"))
            .filter(col("times").gt(1));
    this.bound = bound;
    this.allDataKnown = allDataKnown;
    this.partitions =
        bound
            .filter(col("what").equalTo(What.PARTITION.name()))
            .groupBy(
                col("entry.specId").as("dataSpecId"), col("entry.partition").as("dataPartition"))
            .agg(
                min("minSequence").as("least"),
                min("minUnshadowedSequence").as("leastUnshadowed"),
                sum("vectors").as("partitionVectors"));
  }

  /**
   * Findings of lost deletes, and rows without a code for files that could not be compared with a
   * vector.
   */
  Dataset<Row> compared(Broadcast<Table> table) {
    Dataset<Row> files =
        ofOneDataFile()
            .filter(col("vectors").gt(0))
            .select("entry.*")
            .union(ofPartitions().filter(col("partitionVectors").gt(0)).select(entryColumns()));
    Dataset<Row> vectors =
        bound
            .filter(col("what").equalTo(What.VECTOR.name()))
            .map(
                (MapFunction<Row, Row>)
                    row -> {
                      Bound vector = Bound.RECORDS.fromRow(row);
                      return Content.RECORDS.toRow(
                          new Content(vector.entry().dataFile(), vector, null, null, null, null));
                    },
                Content.RECORDS.encoder());
    return files
        .repartition(col("path"))
        .flatMap(new PositionContents(table), Content.RECORDS.encoder())
        .union(vectors)
        .repartition(col("dataFile"))
        .sortWithinPartitions("dataFile")
        .mapPartitions(new LostDeletes(table), Finding.RECORDS.encoder());
  }

  /**
   * Findings of files that delete nothing.
   *
   * @param compared what {@link #compared} found
   */
  Dataset<Row> useless(Dataset<Row> compared, Table table) {
    Column applies = col("data.sequence").leq(col("entry.sequence"));
    Dataset<Row> one = ofOneDataFile();
    Dataset<Row> many = ofPartitions();
    Dataset<Row> dangling =
        one.filter(col("dataEntries").equalTo(0).or(col("dataEntries").gt(0).and(not(applies))))
            .select("entry.*")
            .union(many.filter(none("least", col("sequence"))).select(entryColumns()))
            .union(danglingEqualityDeletes(table))
            .select(
                finding(
                    Code.DELETES_DANGLING,
                    concat(
                        lit("sequence number "),
                        col("sequence"),
                        lit(", and no data file that it could apply to")),
                    lit(Repair.REMOVE.name())));
    Dataset<Row> shadowed =
        one.filter(col("vectors").gt(0).and(applies))
            .select("entry.*")
            .union(
                many.filter(not(none("least", col("sequence"))))
                    .filter(none("leastUnshadowed", col("sequence")))
                    .select(entryColumns()));
    return removedIfListedOnce(dangling.union(notLost(shadowed, compared)));
  }

  /**
   * Iceberg removes a delete file by its path, and so would remove an entry that is needed, too.
   */
  private Dataset<Row> removedIfListedOnce(Dataset<Row> findings) {
    Column[] columns =
        Arrays.stream(findings.columns())
            .map(
                name ->
                    name.equals("repair")
                        ? when(col("repeated").isNull(), col(name)).as(name)
                        : col(name))
            .toArray(Column[]::new);
    return findings.join(repeated, col("file").equalTo(col("repeated")), "left").select(columns);
  }

  private static Dataset<Row> notLost(Dataset<Row> shadowed, Dataset<Row> compared) {
    Dataset<Row> doubts =
        compared.groupBy(col("file").as("doubted")).agg(count(col("code")).as("lost"));
    return shadowed
        .join(doubts, col("path").equalTo(col("doubted")), "left")
        .filter(coalesce(col("lost"), lit(0L)).equalTo(0))
        .select(
            finding(
                Code.DELETES_SHADOWED,
                when(col("doubted").isNull(), lit("deletion vectors include all its positions"))
                    .otherwise(lit("it could not be compared with every vector")),
                when(col("doubted").isNull(), lit(Repair.REMOVE.name()))));
  }

  private Dataset<Row> danglingEqualityDeletes(Table table) {
    Object[] unpartitioned =
        table.specs().values().stream()
            .filter(PartitionSpec::isUnpartitioned)
            .map(PartitionSpec::specId)
            .toArray();
    Dataset<Row> equality = entries.filter(col("kind").equalTo(Kind.EQUALITY.name()));
    Column everywhere = col("specId").isin(unpartitioned);
    Column after = col("sequence").minus(1);
    Dataset<Row> least = partitions.agg(min("least").as("least"));
    return inPartition(equality.filter(not(everywhere)))
        .filter(none("least", after))
        .select(entryColumns())
        .union(
            equality
                .filter(everywhere)
                .crossJoin(least)
                .filter(none("least", after))
                .select(entryColumns()));
  }

  private Dataset<Row> ofOneDataFile() {
    return bound.filter(col("what").equalTo(What.POSITIONS.name())).filter("entry.selected");
  }

  private Dataset<Row> ofPartitions() {
    return inPartition(
        entries.filter(col("kind").equalTo(Kind.POSITIONS.name()).and(col("dataFile").isNull())));
  }

  private Dataset<Row> inPartition(Dataset<Row> files) {
    return files.join(
        partitions,
        files
            .col("specId")
            .equalTo(partitions.col("dataSpecId"))
            .and(files.col("partition").equalTo(partitions.col("dataPartition"))),
        "left");
  }

  /** Whether there is no data file with a sequence number up to {@code sequence}. */
  private Column none(String least, Column sequence) {
    return lit(allDataKnown).and(col(least).isNull().or(col(least).gt(sequence)));
  }

  private Column[] entryColumns() {
    return Arrays.stream(entries.columns()).map(name -> col(name)).toArray(Column[]::new);
  }

  private static Column[] finding(Code code, Column problem, Column repair) {
    return new Column[] {
      lit(code.name()).as("code"),
      col("dataFile"),
      col("path").as("file"),
      lit(null).cast("long").as("offset"),
      lit(null).cast("long").as("size"),
      problem.as("problem"),
      repair.as("repair"),
      lit(0L).as("vectors"),
      lit(0L).as("deleteFiles"),
      lit(0L).as("bytes")
    };
  }
}
