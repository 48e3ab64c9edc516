package io.breakwater.lineage.view;

import java.util.List;

/**
 * A job and its history.
 *
 * @param type the job type, such as {@code SQL_JOB}; empty if not told
 * @param processing such as {@code BATCH}; empty if not told
 * @param integration such as {@code SPARK}; empty if not told
 * @param sql the query of its last run that told one; empty otherwise
 * @param description the documentation of the job; empty if there is none
 * @param versions its distinct shapes, the oldest first; runs that name no dataset have none, nor
 *     have those that did not complete and told but a part of one
 * @param olderVersions how many versions more there were before them
 * @param runs its runs, the latest first
 * @param olderRuns how many runs more there were before them; they count in {@code versions}
 */
public record LineageJob(
    JobId id,
    String type,
    String processing,
    String integration,
    String sql,
    String description,
    List<JobVersion> versions,
    int olderVersions,
    List<LineageRun> runs,
    long olderRuns) {

  LineageJob withVersions(List<JobVersion> others) {
    return new LineageJob(
        id,
        type,
        processing,
        integration,
        sql,
        description,
        others,
        olderVersions,
        runs,
        olderRuns);
  }
}
