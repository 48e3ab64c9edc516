package io.breakwater.lineage.view;

import java.util.Comparator;

/** The namespace and the name that an event gives a job. */
public record JobId(String namespace, String name) implements Comparable<JobId> {

  private static final Comparator<JobId> ORDER =
      Comparator.comparing(JobId::namespace).thenComparing(JobId::name);

  @Override
  public int compareTo(JobId other) {
    return ORDER.compare(this, other);
  }
}
