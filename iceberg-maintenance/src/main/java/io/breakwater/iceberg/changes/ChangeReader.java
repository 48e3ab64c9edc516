package io.breakwater.iceberg.changes;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.DeleteLoader;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.connector.read.PartitionReader;

/** Reads data files and gives a row once per commit in which it appeared or disappeared. */
final class ChangeReader implements PartitionReader<InternalRow> {
  private static final long MICROS_PER_MILLI = 1000;

  private final ChangedRows rows;
  private final DeleteLoader loader;
  private final List<ChangeCommit> commits;
  private final Iterator<FileSlice> slices;
  private final int rowIdOrdinal;

  private final GenericInternalRow change =
      new GenericInternalRow(ChangeColumns.READ.length() - ChangeColumns.FROM_FILE);
  private final JoinedRow current = new JoinedRow();
  private CloseableIterator<InternalRow> open = CloseableIterator.empty();
  private FileChanges file;
  private RowEvents events;
  private InternalRow row;
  private int[] ofRow = new int[0];
  private int ofRowCount;
  private int ofRowNext;

  ChangeReader(Table table, Schema columns, List<ChangeCommit> commits, List<FileSlice> slices) {
    this.rows = new ChangedRows(table, columns);
    this.loader = new BaseDeleteLoader(new VectorFiles(table.io())::open);
    this.commits = commits;
    this.slices = slices.iterator();
    this.rowIdOrdinal = columns.columns().size();
  }

  @Override
  public boolean next() throws IOException {
    while (ofRowNext == ofRowCount) {
      if (open.hasNext()) {
        row = open.next();
        ofRowCount = events.at(row.getLong(rowIdOrdinal + 2), ofRow);
        ofRowNext = 0;
      } else if (!openNext()) {
        return false;
      }
    }
    join(ofRow[ofRowNext++]);
    return true;
  }

  @Override
  public InternalRow get() {
    return current;
  }

  @Override
  public void close() throws IOException {
    open.close();
  }

  private boolean openNext() throws IOException {
    close();
    open = CloseableIterator.empty();
    if (!slices.hasNext()) {
      return false;
    }
    FileSlice slice = slices.next();
    file = slice.changes();
    events = RowEvents.of(file, loader);
    requireWithinFile();
    ofRow = new int[RowEvents.maxEvents(file)];
    if (!events.isEmpty()) {
      open = rows.read(slice, events).iterator();
    }
    return true;
  }

  private void join(int event) {
    ChangeCommit commit = commits.get(event / 2);
    if (row.isNullAt(rowIdOrdinal) || row.isNullAt(rowIdOrdinal + 1)) {
      throw new IllegalStateException(
          "Cannot read changes of data file %s: a row has no row id"
              .formatted(file.file().location()));
    }
    change.setInt(0, commit.ordinal());
    change.setLong(1, commit.snapshotId());
    change.setLong(2, commit.timestampMillis() * MICROS_PER_MILLI);
    change.setBoolean(3, event % 2 == 1);
    current.apply(row, change);
  }

  private void requireWithinFile() {
    if (events.lastPosition() >= file.file().recordCount()) {
      throw new IllegalStateException(
          "Cannot read changes of data file %s: a deletion vector deletes row %d of %d; call verify_deletion_vectors"
              .formatted(file.file().location(), events.lastPosition(), file.file().recordCount()));
    }
  }
}
