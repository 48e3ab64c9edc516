package io.breakwater.lineage;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportBuilder;
import io.openlineage.client.transports.TransportConfig;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands in for OpenLineage's Amazon DataZone transport, which is not to be had here: the same type
 * and the same keys, found in the same way. It records what it is given.
 */
public final class StandInDataZoneTransportBuilder implements TransportBuilder {

  static final List<Config> CONFIGS = new CopyOnWriteArrayList<>();
  static final List<OpenLineage.RunEvent> EVENTS = new CopyOnWriteArrayList<>();

  /** The keys of the transport. */
  public static final class Config implements TransportConfig {

    private String domainId;
    private String region;
    private String endpointOverride;

    public String getDomainId() {
      return domainId;
    }

    public void setDomainId(String domainId) {
      this.domainId = domainId;
    }

    public String getRegion() {
      return region;
    }

    public void setRegion(String region) {
      this.region = region;
    }

    public String getEndpointOverride() {
      return endpointOverride;
    }

    public void setEndpointOverride(String endpointOverride) {
      this.endpointOverride = endpointOverride;
    }
  }

  @Override
  public String getType() {
    return "amazon_datazone_api";
  }

  @Override
  public TransportConfig getConfig() {
    return new Config();
  }

  @Override
  public Transport build(TransportConfig config) {
    CONFIGS.add((Config) config);
    return new Transport() {
      @Override
      public void emit(OpenLineage.RunEvent event) {
        EVENTS.add(event);
      }

      @Override
      public void emit(OpenLineage.DatasetEvent event) {}

      @Override
      public void emit(OpenLineage.JobEvent event) {}

      @Override
      public void close() {}
    };
  }
}
