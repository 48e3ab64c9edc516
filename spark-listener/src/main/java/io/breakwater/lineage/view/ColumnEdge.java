package io.breakwater.lineage.view;

import java.util.Comparator;
import java.util.List;

/**
 * A column, or all columns, of an output that depend on a column of an input.
 *
 * @param output the column of the output; empty for all of them, as of a join key or a filter
 * @param input the dataset that is read
 * @param inputField its column
 * @param transformations how; empty if the event does not tell
 */
public record ColumnEdge(
    String output, DatasetId input, String inputField, List<Transformation> transformations) {

  static final Comparator<ColumnEdge> ORDER =
      Comparator.comparing(ColumnEdge::output)
          .thenComparing(ColumnEdge::input)
          .thenComparing(ColumnEdge::inputField)
          .thenComparing(edge -> edge.transformations().toString());
}
