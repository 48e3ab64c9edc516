package io.breakwater.lineage.view;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One run of a job.
 *
 * @param id as the events have it; a UUID where they are valid
 * @param status what its events amount to
 * @param started the time of its first event
 * @param ended the time of its terminal event
 * @param lastEvent the time of its last event
 * @param version its version, an index into {@link LineageJob#versions}; none if it named no
 *     dataset, did not complete and told but a part, or its version is no longer kept
 * @param parent the run that it is a part of
 * @param rows rows written to all outputs, where told
 * @param bytes bytes written to all outputs, where told
 * @param error the error message; empty if there is none
 * @param stack the stack trace; empty if there is none
 * @param details what other facets of the run tell, by path, such as {@code emr.clusterId}
 */
public record LineageRun(
    String id,
    RunStatus status,
    Instant started,
    Optional<Instant> ended,
    Instant lastEvent,
    OptionalInt version,
    Optional<ParentRun> parent,
    OptionalLong rows,
    OptionalLong bytes,
    String error,
    String stack,
    Map<String, String> details) {

  /** The run and the job that a {@code parent} facet names. */
  public record ParentRun(String run, JobId job) {}
}
