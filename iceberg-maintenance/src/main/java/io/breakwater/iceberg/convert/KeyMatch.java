package io.breakwater.iceberg.convert;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.breakwater.iceberg.convert.ConvertGroup.Matching;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.MetadataColumns;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.sketch.BloomFilter;

/**
 * Finds the positions that the equality deletes of one set of columns delete, by a shuffled join of
 * the delete rows with the key columns of the data rows.
 *
 * <p>A delete row deletes the data rows of its scope with equal keys, NULL being equal to NULL, and
 * a smaller data sequence number. Of delete rows with the same keys only the one with the largest
 * number counts, so the join has at most one partner for a data row. The keys never come to the
 * driver, but for a Bloom filter of bounded size, which lets most data rows that are not deleted
 * skip the shuffle.
 */
final class KeyMatch implements AutoCloseable {
  private static final String KEY = "key";
  private static final String HASH = "hash";
  private static final String SCOPE = "scope";
  private static final String SEQUENCE = "sequence";
  private static final String LOCATION = "location";
  private static final String FILE = MetadataColumns.FILE_PATH.name();
  private static final long FILTER_BITS_PER_KEY = 12;
  private static final long MAX_FILTER_BITS = 256L << 20;
  private static final long DELETE_ROWS_PER_PARTITION = 250_000;
  private static final int MAX_PARTITIONS = 10_000;

  private final SparkSession spark;
  private final StagedReads reads;
  private final Scopes scopes;
  private final List<Dataset<Row>> persisted = new ArrayList<>();
  private final List<Broadcast<BloomFilter>> filters = new ArrayList<>();

  KeyMatch(SparkSession spark, StagedReads reads, Scopes scopes) {
    this.spark = spark;
    this.reads = reads;
    this.scopes = scopes;
  }

  /** The deleted positions: {@link Positions#CANDIDATE}, {@link Positions#POSITION}. */
  Dataset<Row> positions(KeyColumns keys, Matching matching) {
    List<String> names =
        IntStream.range(0, keys.fieldIds().size()).mapToObj(i -> "value_" + i).toList();
    long deleteRows =
        Math.max(1, matching.deletes().stream().mapToLong(DeleteFile::recordCount).sum());
    int partitions = (int) Math.min(MAX_PARTITIONS, 1 + deleteRows / DELETE_ROWS_PER_PARTITION);

    Dataset<Row> deletes = persist(newestDeletes(keys, matching, names, partitions));
    Broadcast<BloomFilter> filter = filter(deletes, deleteRows);
    UDF1<Long, Boolean> mayBeDeleted = hash -> filter.value().mightContainLong(hash);

    Dataset<Row> rows =
        select(
                reads.dataFiles(matching.files().stream().map(Candidate::file).toList()),
                keys,
                names,
                col(MetadataColumns.ROW_POSITION.name()).as(Positions.POSITION))
            .filter(udf(mayBeDeleted, DataTypes.BooleanType).apply(hash(names)))
            .join(broadcast(dataFiles(keys, matching)), col(FILE).equalTo(col(LOCATION)))
            .select(key(names), col(SEQUENCE), col(Positions.CANDIDATE), col(Positions.POSITION))
            .repartition(partitions, col(KEY));
    return rows.join(
            deletes.hint("merge"),
            rows.col(KEY)
                .equalTo(deletes.col(KEY))
                .and(rows.col(SEQUENCE).lt(deletes.col(SEQUENCE))))
        .select(rows.col(Positions.CANDIDATE), rows.col(Positions.POSITION));
  }

  /** Frees what the executors hold for the datasets that {@link #positions} returned. */
  @Override
  public void close() {
    persisted.forEach(Dataset::unpersist);
    filters.forEach(Broadcast::destroy);
  }

  private Dataset<Row> newestDeletes(
      KeyColumns keys, Matching matching, List<String> names, int partitions) {
    List<Row> files =
        matching.deletes().stream()
            .map(
                file ->
                    RowFactory.create(
                        file.location(),
                        keys.global() ? Scopes.GLOBAL : scopes.partitionOf(file),
                        file.dataSequenceNumber()))
            .toList();
    StructType schema =
        new StructType()
            .add(LOCATION, DataTypes.StringType, false)
            .add(SCOPE, DataTypes.IntegerType, false)
            .add(SEQUENCE, DataTypes.LongType, false);
    return select(reads.equalityDeletes(matching.deletes()), keys, names)
        .join(broadcast(spark.createDataFrame(files, schema)), col(FILE).equalTo(col(LOCATION)))
        .select(key(names), hash(names).as(HASH), col(SEQUENCE))
        .repartition(partitions, col(KEY))
        .groupBy(KEY)
        .agg(max(SEQUENCE).as(SEQUENCE), first(HASH).as(HASH));
  }

  private Dataset<Row> select(
      Dataset<Row> rows, KeyColumns keys, List<String> names, Column... more) {
    List<Column> values = KeySchema.columns(reads.table().schema(), keys.fieldIds());
    List<Column> columns = new ArrayList<>(List.of(more));
    columns.add(col(FILE));
    for (int i = 0; i < names.size(); i++) {
      columns.add(values.get(i).as(names.get(i)));
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  /** Two such structs are equal also where both have a NULL, unlike two columns. */
  private static Column key(List<String> names) {
    return struct(SCOPE, names.toArray(String[]::new)).as(KEY);
  }

  private static Column hash(List<String> names) {
    return xxhash64(names.stream().map(functions::col).toArray(Column[]::new));
  }

  private Dataset<Row> dataFiles(KeyColumns keys, Matching matching) {
    List<Row> rows =
        matching.files().stream()
            .map(
                candidate ->
                    RowFactory.create(
                        candidate.location(),
                        candidate.id(),
                        keys.global() ? Scopes.GLOBAL : candidate.partition(),
                        candidate.file().dataSequenceNumber()))
            .toList();
    return spark.createDataFrame(
        rows,
        new StructType()
            .add(LOCATION, DataTypes.StringType, false)
            .add(Positions.CANDIDATE, DataTypes.IntegerType, false)
            .add(SCOPE, DataTypes.IntegerType, false)
            .add(SEQUENCE, DataTypes.LongType, false));
  }

  private Broadcast<BloomFilter> filter(Dataset<Row> deletes, long deleteRows) {
    long bits = Math.min(Math.max(64, deleteRows * FILTER_BITS_PER_KEY), MAX_FILTER_BITS);
    Broadcast<BloomFilter> filter =
        new JavaSparkContext(spark.sparkContext())
            .broadcast(deletes.stat().bloomFilter(HASH, deleteRows, bits));
    filters.add(filter);
    return filter;
  }

  private Dataset<Row> persist(Dataset<Row> dataset) {
    persisted.add(dataset.persist(StorageLevel.MEMORY_AND_DISK()));
    return dataset;
  }
}
