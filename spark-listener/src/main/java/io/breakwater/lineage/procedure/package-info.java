/**
 * Iceberg procedures as runs: each {@code CALL catalog.system.procedure(...)} is a run named after
 * its procedure and table, with the snapshots before and after, and its inner queries as children.
 *
 * <p>Iceberg may be absent: only the classes whose names begin with {@code Iceberg} need it, and
 * they are loaded with the first call, not before.
 */
package io.breakwater.lineage.procedure;
