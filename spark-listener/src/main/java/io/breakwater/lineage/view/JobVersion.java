package io.breakwater.lineage.view;

import java.time.Instant;

/**
 * A shape that a job had.
 *
 * @param first the start of the first run that had it
 * @param last the start of the last run that had it
 * @param runs how many runs had it; 0 if an event declared it without a run
 */
public record JobVersion(JobShape shape, Instant first, Instant last, long runs) {}
