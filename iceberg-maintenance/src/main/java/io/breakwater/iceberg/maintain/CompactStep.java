package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.compact.Compaction;
import io.breakwater.iceberg.compact.CompactionRow;
import io.breakwater.iceberg.plan.Budget;
import java.util.List;

/** Data files with many deleted rows are rewritten, wholly deleted ones leave. */
final class CompactStep implements Step {
  static final String ACTION = "compact_deleted_rows";

  private final Compaction compaction;

  CompactStep(Compaction compaction) {
    this.compaction = compaction;
  }

  @Override
  public String action() {
    return ACTION;
  }

  @Override
  public Plan plan() {
    CompactionRow table = table(compaction.dryRun());
    return new Plan(
        table.status().equals("planned"),
        table.bytes(),
        "%d data files with %d deleted rows".formatted(table.files(), table.deletedRows()));
  }

  @Override
  public Done run(Budget budget) {
    List<CompactionRow> rows = compaction.run(budget);
    CompactionRow table = table(rows);
    return new Done(
        table.status().equals("committed"),
        rows.stream().noneMatch(row -> row.status().equals("skipped")),
        table.bytes(),
        table.addedBytes() == null ? 0 : table.addedBytes(),
        table.snapshotId(),
        "%d data files with %d deleted rows became %d"
            .formatted(
                table.files(),
                table.deletedRows(),
                table.addedFiles() == null ? 0 : table.addedFiles()));
  }

  private static CompactionRow table(List<CompactionRow> rows) {
    return rows.get(rows.size() - 1);
  }
}
