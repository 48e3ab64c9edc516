/**
 * Copies of drivers' segments on a Hadoop file system, for the time after their machine.
 *
 * <p>Knows the {@code spool} and Hadoop's file systems, which are the host's; nothing of
 * OpenLineage and Spark.
 */
package io.breakwater.lineage.archive;
