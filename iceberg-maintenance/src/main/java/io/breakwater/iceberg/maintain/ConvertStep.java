package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.convert.ConvertRow;
import io.breakwater.iceberg.convert.DeleteConversion;
import io.breakwater.iceberg.plan.Budget;
import java.util.List;

/** Equality deletes, or position deletes left of format version 2, become deletion vectors. */
final class ConvertStep implements Step {
  static final String POSITION_DELETES = "upgrade_to_deletion_vectors";
  static final String EQUALITY_DELETES = "convert_equality_deletes";

  private final String action;
  private final DeleteConversion conversion;

  ConvertStep(String action, DeleteConversion conversion) {
    this.action = action;
    this.conversion = conversion;
  }

  @Override
  public String action() {
    return action;
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
        "%d equality and %d position delete files became %d deletion vectors"
            .formatted(
                table.equalityDeleteFiles(),
                table.positionDeleteFiles(),
                table.addedVectors() == null ? 0 : table.addedVectors()));
  }

  private static ConvertRow table(List<ConvertRow> rows) {
    return rows.get(rows.size() - 1);
  }
}
