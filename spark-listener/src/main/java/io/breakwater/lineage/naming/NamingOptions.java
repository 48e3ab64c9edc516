package io.breakwater.lineage.naming;

import java.util.Optional;
import java.util.Set;

/**
 * How jobs are called.
 *
 * @param namespace of {@link #NAMESPACE_PLACEHOLDERS}; nothing for OpenLineage's
 * @param name of {@link #NAME_PLACEHOLDERS}; nothing for OpenLineage's
 */
public record NamingOptions(Optional<Template> namespace, Optional<Template> name) {

  /** What OpenLineage calls a job. */
  public static final String JOB_NAME = "jobName";

  /** The namespace that OpenLineage gives jobs. */
  static final String NAMESPACE = "namespace";

  static final String APP_NAME = "appName";
  static final String USER = "user";
  static final String EMR_CLUSTER = "emr.cluster";
  static final String EMR_STEP = "emr.step";

  /** What a namespace may be made of. */
  public static final Set<String> NAMESPACE_PLACEHOLDERS =
      Set.of(NAMESPACE, APP_NAME, USER, EMR_CLUSTER, EMR_STEP);

  /** What a name may be made of. */
  public static final Set<String> NAME_PLACEHOLDERS =
      Set.of(JOB_NAME, NAMESPACE, APP_NAME, USER, EMR_CLUSTER, EMR_STEP);

  /** Leaves all names as they are. */
  public static NamingOptions none() {
    return new NamingOptions(Optional.empty(), Optional.empty());
  }
}
