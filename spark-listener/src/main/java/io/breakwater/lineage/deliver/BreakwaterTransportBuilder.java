package io.breakwater.lineage.deliver;

import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportBuilder;
import io.openlineage.client.transports.TransportConfig;

/** How OpenLineage finds {@link SpoolTransport}: the transport type {@code breakwater}. */
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
    return LineagePipeline.transport(((BreakwaterTransportConfig) config).getPipeline());
  }
}
