package io.breakwater.iceberg.verify;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/** Checks that position and equality delete files are there with the size of the manifest. */
final class DeleteFileCheck implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Table> table;

  DeleteFileCheck(Broadcast<Table> table) {
    this.table = table;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> entries) {
    long[] files = {0};
    return new Groups<>(
        new Mapped<>(entries, Entry.RECORDS::fromRow),
        Entry::path,
        same -> {
          files[0] += same.size();
          return check(same.get(0));
        },
        () -> List.of(Finding.RECORDS.toRow(Finding.checked(0, files[0], 0))));
  }

  private List<Row> check(Entry entry) {
    List<Row> findings = new ArrayList<>();
    try {
      long bytes = table.value().io().newInputFile(entry.path()).getLength();
      if (bytes != entry.fileBytes()) {
        findings.add(
            row(
                Code.DELETE_FILE_SIZE,
                entry,
                "%d bytes, the manifest says %d".formatted(bytes, entry.fileBytes())));
      }
    } catch (NotFoundException e) {
      findings.add(row(Code.DELETE_FILE_MISSING, entry, Problems.of(e)));
    } catch (RuntimeException e) {
      findings.add(row(Code.DELETE_FILE_UNREADABLE, entry, Problems.of(e)));
    }
    return findings;
  }

  private static Row row(Code code, Entry entry, String problem) {
    return Finding.RECORDS.toRow(Finding.of(code, entry, problem, null));
  }
}
