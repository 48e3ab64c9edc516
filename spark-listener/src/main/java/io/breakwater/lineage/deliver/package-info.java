/**
 * From a spool to the transport that the user configured.
 *
 * <p>Knows OpenLineage's client, and nothing of Spark.
 */
package io.breakwater.lineage.deliver;
