package io.breakwater.lineage.filter;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is left out.
 *
 * @param running how far apart the RUNNING events of a run must be at least; zero for all of them,
 *     nothing for none
 * @param jobs runs of jobs whose {@code namespace/name} this is found in; nothing for no job
 * @param datasets datasets whose {@code namespace/name} this is found in; nothing for no dataset
 */
public record FilterOptions(
    Optional<Duration> running, Optional<Pattern> jobs, Optional<Pattern> datasets) {

  /** Leaves nothing out. */
  public static FilterOptions none() {
    return new FilterOptions(Optional.of(Duration.ZERO), Optional.empty(), Optional.empty());
  }
}
