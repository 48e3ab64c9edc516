package io.breakwater.lineage.view;

/**
 * A column of a dataset.
 *
 * @param name its name; of a field in a struct the path, such as {@code address.city}
 * @param type as the event tells it; empty if it does not
 */
public record SchemaField(String name, String type) {}
