package io.breakwater.lineage.events;

import io.openlineage.client.transports.TransportConfig;

/**
 * What OpenLineage reads from {@code spark.openlineage.transport.*} for the type {@code
 * breakwater}: the name of a stage that is open in this process. Written by the listener, not by
 * users.
 */
public final class BreakwaterTransportConfig implements TransportConfig {

  private String stage;

  public String getStage() {
    return stage;
  }

  public void setStage(String stage) {
    this.stage = stage;
  }
}
