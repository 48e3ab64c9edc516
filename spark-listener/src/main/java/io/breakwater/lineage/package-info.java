/**
 * The Spark listener that users name in {@code spark.extraListeners}, and its configuration.
 *
 * <p>The listener captures through OpenLineage's Spark integration; {@code deliver} brings the
 * events through the {@code spool} to the transport that the user configured.
 */
package io.breakwater.lineage;
