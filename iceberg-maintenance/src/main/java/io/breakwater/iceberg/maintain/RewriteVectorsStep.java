package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.run.RewriteResult;
import io.breakwater.iceberg.run.RewriteResult.Row;
import io.breakwater.iceberg.run.VectorRewrite;

/** Many small Puffin files become few. */
final class RewriteVectorsStep implements Step {
  static final String ACTION = "rewrite_deletion_vectors";

  private final VectorRewrite rewrite;

  RewriteVectorsStep(VectorRewrite rewrite) {
    this.rewrite = rewrite;
  }

  @Override
  public String action() {
    return ACTION;
  }

  @Override
  public Plan plan() {
    Row table = table(rewrite.dryRun());
    return new Plan(table.status().equals("planned"), table.rewrittenBytes(), table.reason());
  }

  @Override
  public Done run(Budget budget) {
    RewriteResult result = rewrite.run(budget);
    Row table = table(result);
    boolean rewritten = table.status().equals("rewritten");
    return new Done(
        rewritten,
        result.complete(),
        rewritten ? table.rewrittenBytes() : 0,
        rewritten ? table.addedBytes() : 0,
        table.snapshotId(),
        rewritten
            ? "%d Puffin files became %d".formatted(table.rewrittenPuffins(), table.addedPuffins())
            : table.reason());
  }

  private static Row table(RewriteResult result) {
    return result.rows().get(result.rows().size() - 1);
  }
}
