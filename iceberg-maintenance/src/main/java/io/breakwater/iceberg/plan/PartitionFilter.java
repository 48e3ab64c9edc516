package io.breakwater.iceberg.plan;

import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expression.Operation;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.ResidualEvaluator;

/**
 * The files that the {@code where} of a procedure is about: those of partitions that may hold a
 * matching row. A file of an older spec that lacks the column is among them. Immutable, and
 * thread-safe.
 */
public final class PartitionFilter implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Expression expression;
  private final Map<Integer, ResidualEvaluator> evaluators = new HashMap<>();

  private PartitionFilter(Table table, Expression expression) {
    this.expression = expression;
    table
        .specs()
        .forEach((id, spec) -> evaluators.put(id, ResidualEvaluator.of(spec, expression, false)));
  }

  /** Every file of {@code table}. */
  public static PartitionFilter all(Table table) {
    return new PartitionFilter(table, Expressions.alwaysTrue());
  }

  /**
   * The files that {@code where} is about.
   *
   * @throws IllegalArgumentException if it names a column that no partition is made of
   */
  public static PartitionFilter of(Table table, Expression where) {
    Set<Integer> named = Binder.boundReferences(table.schema().asStruct(), List.of(where), false);
    Set<Integer> partitionColumns = new HashSet<>();
    for (PartitionSpec spec : table.specs().values()) {
      spec.fields().stream().map(PartitionField::sourceId).forEach(partitionColumns::add);
    }
    for (int id : named) {
      if (!partitionColumns.contains(id)) {
        throw new IllegalArgumentException(
            "Invalid where: column %s, must be a column that %s is partitioned by: %s"
                .formatted(
                    table.schema().findColumnName(id),
                    table.name(),
                    partitionColumns.stream().map(table.schema()::findColumnName).toList()));
      }
    }
    return new PartitionFilter(table, where);
  }

  /** Whether every file is meant. */
  public boolean isAll() {
    return expression.op() == Operation.TRUE;
  }

  /** Whether {@code file}'s partition may hold a row that is meant. */
  public boolean matches(ContentFile<?> file) {
    return isAll()
        || evaluators.get(file.specId()).residualFor(file.partition()).op() != Operation.FALSE;
  }

  @Override
  public String toString() {
    return expression.toString();
  }
}
