package io.breakwater.lineage.spool;

import java.util.Comparator;

/**
 * A place between two records.
 *
 * @param segment the number of the segment, from 1
 * @param offset bytes from the start of its file
 */
public record Position(long segment, long offset) implements Comparable<Position> {

  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::segment).thenComparingLong(Position::offset);

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }
}
