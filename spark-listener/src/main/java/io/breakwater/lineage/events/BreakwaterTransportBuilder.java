package io.breakwater.lineage.events;

import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportBuilder;
import io.openlineage.client.transports.TransportConfig;

/** How OpenLineage finds the stage: the transport type {@code breakwater}. */
public final class BreakwaterTransportBuilder implements TransportBuilder {

  /** The value of {@code spark.openlineage.transport.type}. */
  public static final String TYPE = "breakwater";

  @Override
  public String getType() {
    return TYPE;
  }

  @Override
  public TransportConfig getConfig() {
    return new BreakwaterTransportConfig();
  }

  @Override
  public Transport build(TransportConfig config) {
    return EventStage.transport(((BreakwaterTransportConfig) config).getStage());
  }
}
