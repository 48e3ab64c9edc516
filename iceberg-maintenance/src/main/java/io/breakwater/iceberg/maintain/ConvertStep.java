package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.convert.ConvertRow;
import io.breakwater.iceberg.convert.DeleteConversion;
import io.breakwater.iceberg.plan.Budget;
import java.util.List;

/** Equality deletes become deletion vectors. */
final class ConvertStep implements Step {
  static final String ACTION = "convert_equality_deletes";

  private final DeleteConversion conversion;

  ConvertStep(DeleteConversion conversion) {
    this.conversion = conversion;
  }

  @Override
  public String action() {
    return ACTION;
  }

  @Override
  public Plan plan() {
    ConvertRow table = table(conversion.dryRun());
    return new Plan(
        table.status().equals("planned"),
        table.dataBytes(),
        "%d equality delete files with %d rows, which may apply to %d data files"
            .formatted(table.equalityDeleteFiles(), table.equalityDeleteRows(), table.dataFiles()));
  }

  @Override
  public Done run(Budget budget) {
    List<ConvertRow> rows = conversion.run(budget);
    ConvertRow table = table(rows);
    return new Done(
        table.status().equals("converted"),
        rows.stream().noneMatch(row -> row.status().equals("skipped")),
        0,
        table.addedBytes() == null ? 0 : table.addedBytes(),
        table.snapshotId(),
        "%d equality delete files became %d deletion vectors"
            .formatted(
                table.equalityDeleteFiles(),
                table.addedVectors() == null ? 0 : table.addedVectors()));
  }

  private static ConvertRow table(List<ConvertRow> rows) {
    return rows.get(rows.size() - 1);
  }
}
