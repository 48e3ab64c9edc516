/**
 * What happens to an event between OpenLineage, which builds it while a thread captures it, and the
 * spool: steps that correct, complete, scrub and filter it, and its encoding, on a thread of its
 * own.
 */
package io.breakwater.lineage.events;
