/**
 * Lineage as a tab of the Spark UI and of the History Server, attached through Spark's own classes:
 * its filters, access lists and addresses are those of the other tabs.
 *
 * <p>Needs Spark and what Spark has on its class path, not OpenLineage: a History Server has none.
 */
package io.breakwater.lineage.ui;
