/**
 * Durable segments on a local disk: bytes in, the same bytes out after a crash.
 *
 * <p>Knows neither Spark nor OpenLineage. {@link io.breakwater.lineage.spool.Spool} is the writing
 * side of one driver, {@link io.breakwater.lineage.spool.Backlog} the reading side of any driver's
 * directory, {@link io.breakwater.lineage.spool.SpoolDirectory} who owns it.
 */
package io.breakwater.lineage.spool;
