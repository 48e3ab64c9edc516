package io.breakwater.lineage.deliver;

/**
 * What has become of the events of one driver.
 *
 * @param emitted events that OpenLineage built
 * @param spooled those that are on the disk
 * @param delivered those that the delegate has taken
 * @param refused those that the backend refused for good; they are dead letters
 * @param dropped those that were lost because a bound was reached or the disk failed
 * @param adopted events of drivers that are gone, sent by this one
 */
public record LineageCounts(
    long emitted, long spooled, long delivered, long refused, long dropped, long adopted) {

  /**
   * The counts of the whole way, of which these are the end.
   *
   * @param emitted events that OpenLineage built
   * @param droppedBefore those that were lost before the spool
   */
  public LineageCounts after(long emitted, long droppedBefore) {
    return new LineageCounts(
        emitted, spooled, delivered, refused, dropped + droppedBefore, adopted);
  }

  /** Events on the disk that the next driver or the tool will send. */
  public long waiting() {
    return spooled - delivered - refused;
  }

  @Override
  public String toString() {
    return String.format(
        "emitted=%d spooled=%d delivered=%d refused=%d dropped=%d waiting=%d adopted=%d",
        emitted, spooled, delivered, refused, dropped, waiting(), adopted);
  }
}
