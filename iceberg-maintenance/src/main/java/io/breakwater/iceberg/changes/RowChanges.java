package io.breakwater.iceberg.changes;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.encryption.PlaintextEncryptionManager;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row changes between two snapshots: what is read to find them, and the feed itself. Immutable.
 *
 * <p>The feed has the columns of the table in its newest schema, then {@code _change_type} (insert,
 * update_preimage, update_postimage or delete), {@code _row_id}, {@code _change_ordinal} (the place
 * of the commit among the commits with changes, from 0), {@code _commit_snapshot_id} and {@code
 * _commit_timestamp}. The rows have no order.
 */
public final class RowChanges {
  private static final Logger LOG = LoggerFactory.getLogger(RowChanges.class);
  private static final int MIN_FORMAT_VERSION = 3;

  private final Target target;
  private final ChangePlan plan;

  private RowChanges(Target target, ChangePlan plan) {
    this.target = target;
    this.plan = plan;
  }

  /**
   * Reads the manifests that the commits of {@code range} wrote.
   *
   * @param where only files of these partitions: a row that an update moves out of them is deleted
   *     there, one that it moves in is inserted
   * @throws UnsupportedOperationException if a commit cannot be told apart into rows
   */
  public static RowChanges of(Target target, ChangeRange range, PartitionFilter where) {
    requireSupported(target);
    ChangePlan plan = new ChangePlanner(target, range, where).plan();
    LOG.info(
        "The changes of {} in {} commits up to snapshot {} are in {} data files of {} bytes",
        target.name(),
        plan.commits().size(),
        range.end() == null ? null : range.end().snapshotId(),
        plan.dataFiles(),
        plan.dataFileBytes());
    return new RowChanges(target, plan);
  }

  /** The commits, the oldest first. */
  public List<ChangeCommit> commits() {
    return plan.commits();
  }

  /** How many data files the feed reads. */
  public long dataFiles() {
    return plan.dataFiles();
  }

  /** The sizes of these files in bytes; less is read if only some columns are asked for. */
  public long dataFileBytes() {
    return plan.dataFileBytes();
  }

  /**
   * The feed as a frame that reads nothing yet.
   *
   * @param net one change per row from the start of the range to its end, else every change of
   *     every commit
   */
  public Dataset<Row> feed(SparkSession spark, boolean net) {
    ChangeView view = new ChangeView(spark, target.table(), plan);
    return net ? view.net() : view.full();
  }

  private static void requireSupported(Target target) {
    int version = TableUtil.formatVersion(target.table());
    if (version < MIN_FORMAT_VERSION) {
      throw new UnsupportedOperationException(
          "Cannot show changes of %s: format version %d, must be at least %d, which gives rows their ids; upgrade with ALTER TABLE ... SET TBLPROPERTIES ('format-version' = '3')"
              .formatted(target.name(), version, MIN_FORMAT_VERSION));
    }
    if (!(target.table().encryption() instanceof PlaintextEncryptionManager)) {
      throw new UnsupportedOperationException(
          "Cannot show changes of %s: the table is encrypted, which is not supported"
              .formatted(target.name()));
    }
    for (NestedField field : target.table().schema().columns()) {
      if (ChangeColumns.isReserved(field.name().toLowerCase(Locale.ROOT))) {
        throw new UnsupportedOperationException(
            "Cannot show changes of %s: its column %s has the name of a column of the feed; rename it"
                .formatted(target.name(), field.name()));
      }
    }
  }
}
