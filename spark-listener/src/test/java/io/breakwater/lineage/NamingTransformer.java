package io.breakwater.lineage;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.transports.EventTransformer;
import java.net.URI;
import java.util.Map;

/** A user's transformer: makes {@code producer} the producer of every event. */
public final class NamingTransformer implements EventTransformer {

  private URI producer;

  @Override
  public void initialize(Map<String, String> properties) {
    producer = URI.create(properties.get("producer"));
  }

  @Override
  public OpenLineage.RunEvent transform(OpenLineage.RunEvent event) {
    return new OpenLineage(producer)
        .newRunEventBuilder()
        .eventTime(event.getEventTime())
        .eventType(event.getEventType())
        .run(event.getRun())
        .job(event.getJob())
        .inputs(event.getInputs())
        .outputs(event.getOutputs())
        .build();
  }
}
