package io.breakwater.lineage.view;

import java.util.List;

/**
 * A dataset as one job saw it.
 *
 * @param schema its columns in their order; empty if no event told
 * @param columns where its columns come from, in {@link ColumnEdge#ORDER}; empty for an input
 */
public record DatasetShape(DatasetId dataset, List<SchemaField> schema, List<ColumnEdge> columns) {}
