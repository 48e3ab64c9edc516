package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.transports.Transport;

/**
 * An OpenLineage transport that leaves events to a stage and returns. Closing it does not close the
 * stage. Safe for use by many threads.
 */
final class StageTransport extends Transport {

  private final EventStage stage;

  StageTransport(EventStage stage) {
    this.stage = stage;
  }

  @Override
  public void emit(OpenLineage.RunEvent event) {
    stage.emit(event);
  }

  @Override
  public void emit(OpenLineage.DatasetEvent event) {
    stage.emit(event);
  }

  @Override
  public void emit(OpenLineage.JobEvent event) {
    stage.emit(event);
  }

  /** Does nothing: the stage is closed by whoever opened it, after the last event. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "StageTransport(" + stage.name() + ")";
  }
}
