package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.Spool;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.transports.Transport;

/**
 * An OpenLineage transport that puts events in a spool and returns; sending them is another
 * thread's work. Closing it does not close the spool. Safe for use by many threads.
 */
public final class SpoolTransport extends Transport {

  private final Spool spool;

  /** A transport into {@code spool}, which must outlive it. */
  public SpoolTransport(Spool spool) {
    this.spool = spool;
  }

  @Override
  public void emit(OpenLineage.RunEvent event) {
    append(event);
  }

  @Override
  public void emit(OpenLineage.DatasetEvent event) {
    append(event);
  }

  @Override
  public void emit(OpenLineage.JobEvent event) {
    append(event);
  }

  private void append(OpenLineage.BaseEvent event) {
    // The spool itself counts and logs what it cannot take.
    spool.append(EventCodec.encode(event));
  }

  /** Does nothing: the spool is closed by whoever opened it, after the last event. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "SpoolTransport(" + spool.name() + ")";
  }
}
