package io.breakwater.lineage.view;

import java.util.List;

/**
 * A dataset.
 *
 * @param aliases other names of it, such as the table that a path belongs to
 * @param schema its columns in the latest event that told them; empty if none did
 * @param description the documentation of the dataset; empty if there is none
 */
public record LineageDataset(
    DatasetId id, List<String> aliases, List<SchemaField> schema, String description) {}
