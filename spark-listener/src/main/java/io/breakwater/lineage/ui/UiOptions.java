package io.breakwater.lineage.ui;

/**
 * What is kept for those who look at lineage in Spark's own pages.
 *
 * @param enabled whether the UI of a running application has the tab
 * @param maxBytes bytes of JSON kept in the driver's heap for it
 * @param eventLogBytes bytes of JSON written at most to Spark's event log for the History Server;
 *     none if 0
 */
public record UiOptions(boolean enabled, long maxBytes, long eventLogBytes) {}
