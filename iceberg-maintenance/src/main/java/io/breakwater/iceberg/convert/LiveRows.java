package io.breakwater.iceberg.convert;

import java.math.BigDecimal;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Which rows of which data files a snapshot shows, in three numbers. Two snapshots with the same
 * data files show the same rows if the numbers are equal, but for a chance of one in 2^64. Columns
 * are read only as far as equality deletes need them.
 *
 * @param count how many rows
 * @param xor the hashes of file and position of each row, xored
 * @param sum the same hashes, added; null if there is no row
 */
record LiveRows(long count, Long xor, BigDecimal sum) {
  private static final String QUERY =
      "SELECT count(*), bit_xor(hash), sum(CAST(hash AS DECIMAL(20, 0))) FROM (SELECT"
          + " xxhash64(_file, _pos) AS hash FROM %s VERSION AS OF %d)";

  /** Counts the rows of a snapshot of {@code table}, a name that Spark resolves. */
  static LiveRows of(SparkSession spark, String table, long snapshotId) {
    Row row = spark.sql(QUERY.formatted(table, snapshotId)).head();
    return new LiveRows(row.getLong(0), row.isNullAt(1) ? null : row.getLong(1), row.getDecimal(2));
  }
}
