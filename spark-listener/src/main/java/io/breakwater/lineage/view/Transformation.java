package io.breakwater.lineage.view;

/**
 * How one column comes from another, in the words of OpenLineage's column lineage facet.
 *
 * @param type {@code DIRECT} (the value) or {@code INDIRECT} (which rows, in which order)
 * @param subtype such as {@code IDENTITY}, {@code AGGREGATION}, {@code JOIN}; empty if not told
 * @param description free text; empty if not told
 * @param masking whether the value cannot be told from the result
 */
public record Transformation(String type, String subtype, String description, boolean masking) {}
