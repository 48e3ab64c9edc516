package io.breakwater.lineage.view;

import java.util.List;

/**
 * What makes two runs of a job runs of the same version: what they read and write, with which
 * columns, and which column comes from which. Both lists are in the order of their datasets.
 */
public record JobShape(List<DatasetShape> inputs, List<DatasetShape> outputs) {

  /** Whether no dataset was named: such a run says nothing about its job. */
  public boolean isEmpty() {
    return inputs.isEmpty() && outputs.isEmpty();
  }
}
