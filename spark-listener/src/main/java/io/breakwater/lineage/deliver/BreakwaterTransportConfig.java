package io.breakwater.lineage.deliver;

import io.openlineage.client.transports.TransportConfig;

/**
 * What OpenLineage reads from {@code spark.openlineage.transport.*} for the type {@code
 * breakwater}: the name of a pipeline that is open in this process. Written by the listener, not by
 * users.
 */
public final class BreakwaterTransportConfig implements TransportConfig {

  private String pipeline;

  public String getPipeline() {
    return pipeline;
  }

  public void setPipeline(String pipeline) {
    this.pipeline = pipeline;
  }
}
