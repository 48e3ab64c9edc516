package io.breakwater.lineage.view;

import java.util.Comparator;

/** The namespace and the name that an event gives a dataset. */
public record DatasetId(String namespace, String name) implements Comparable<DatasetId> {

  private static final Comparator<DatasetId> ORDER =
      Comparator.comparing(DatasetId::namespace).thenComparing(DatasetId::name);

  @Override
  public int compareTo(DatasetId other) {
    return ORDER.compare(this, other);
  }
}
