package io.breakwater.lineage.view;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What makes two runs of a job runs of the same version: what they read and write, with which
 * columns, and which column comes from which. Both lists are in the order of their datasets.
 */
public record JobShape(List<DatasetShape> inputs, List<DatasetShape> outputs) {

  /** Whether no dataset was named: such a run says nothing about its job. */
  public boolean isEmpty() {
    return inputs.isEmpty() && outputs.isEmpty();
  }

  /** Whether {@code whole} tells all that this tells, and maybe more. */
  boolean isPartOf(JobShape whole) {
    return arePartOf(inputs, whole.inputs) && arePartOf(outputs, whole.outputs);
  }

  private static boolean arePartOf(List<DatasetShape> part, List<DatasetShape> whole) {
    Map<DatasetId, DatasetShape> all =
        whole.stream().collect(Collectors.toMap(DatasetShape::dataset, shape -> shape));
    return part.stream()
        .allMatch(
            shape -> {
              DatasetShape other = all.get(shape.dataset());
              return other != null
                  && (shape.schema().isEmpty() || shape.schema().equals(other.schema()))
                  && (shape.columns().isEmpty() || shape.columns().equals(other.columns()));
            });
  }
}
