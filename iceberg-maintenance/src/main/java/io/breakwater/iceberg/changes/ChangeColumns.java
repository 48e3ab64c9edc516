package io.breakwater.iceberg.changes;

import java.util.List;
import org.apache.iceberg.MetadataColumns;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a feed beside those of the table. */
final class ChangeColumns {
  /** {@code insert}, {@code update_preimage}, {@code update_postimage} or {@code delete}. */
  static final String TYPE = "_change_type";

  static final String ROW_ID = MetadataColumns.ROW_ID.name();
  static final String ORDINAL = "_change_ordinal";
  static final String SNAPSHOT_ID = "_commit_snapshot_id";
  static final String TIMESTAMP = "_commit_timestamp";

  /** Of the rows that are read, not of the feed: the commit that gave the row this image. */
  static final String SEQUENCE = MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER.name();

  /** Of the rows that are read, not of the feed: the position of the row in its data file. */
  static final String POSITION = MetadataColumns.ROW_POSITION.name();

  /** Of the rows that are read, not of the feed: whether the row appeared, else it disappeared. */
  static final String APPEARED = "_change_appeared";

  /** What is appended to the columns of the table when changed rows are read, in this order. */
  static final StructType READ =
      new StructType()
          .add(ROW_ID, DataTypes.LongType)
          .add(SEQUENCE, DataTypes.LongType)
          .add(POSITION, DataTypes.LongType)
          .add(ORDINAL, DataTypes.IntegerType)
          .add(SNAPSHOT_ID, DataTypes.LongType)
          .add(TIMESTAMP, DataTypes.TimestampType)
          .add(APPEARED, DataTypes.BooleanType);

  /** How many of them come from the data file, before those that the reader adds. */
  static final int FROM_FILE = 3;

  /** What is appended to the columns of the table in the feed, in this order. */
  static final List<String> FEED = List.of(TYPE, ROW_ID, ORDINAL, SNAPSHOT_ID, TIMESTAMP);

  private static final String TEMPORARY = "_change_";

  private ChangeColumns() {}

  /** The name of a column that is computed on the way and not in the feed. */
  static String temporary(String name) {
    return TEMPORARY + name;
  }

  /** Whether a table with a column of this lower-case name cannot have a feed. */
  static boolean isReserved(String name) {
    return name.startsWith(TEMPORARY) || FEED.contains(name) || isRead(name);
  }

  static boolean isRead(String name) {
    return List.of(READ.fieldNames()).contains(name);
  }
}
