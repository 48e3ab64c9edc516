package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;

/** Small run events, each the end of a run of its own, that differ in the name of their job. */
public final class RunEvents {

  private static final OpenLineage OPEN_LINEAGE = new OpenLineage(URI.create("urn:test"));

  private RunEvents() {}

  public static OpenLineage.RunEvent named(String job) {
    return OPEN_LINEAGE
        .newRunEventBuilder()
        .eventTime(ZonedDateTime.of(2026, 11, 20, 1, 2, 3, 456_000_000, ZoneOffset.UTC))
        .eventType(OpenLineage.RunEvent.EventType.COMPLETE)
        .run(OPEN_LINEAGE.newRun(new UUID(0, job.hashCode()), null))
        .job(OPEN_LINEAGE.newJob("test", job, null))
        .inputs(List.of())
        .outputs(List.of())
        .build();
  }

  static OpenLineage.DatasetEvent dataset(String name) {
    return OPEN_LINEAGE
        .newDatasetEventBuilder()
        .eventTime(ZonedDateTime.of(2026, 11, 20, 1, 2, 3, 0, ZoneOffset.UTC))
        .dataset(OPEN_LINEAGE.newStaticDataset("test", name, null))
        .build();
  }

  static OpenLineage.JobEvent job(String name) {
    return OPEN_LINEAGE
        .newJobEventBuilder()
        .eventTime(ZonedDateTime.of(2026, 11, 20, 1, 2, 3, 0, ZoneOffset.UTC))
        .job(OPEN_LINEAGE.newJob("test", name, null))
        .inputs(List.of())
        .outputs(List.of())
        .build();
  }

  public static byte[] bytes(OpenLineage.BaseEvent event) {
    return json(event).getBytes(StandardCharsets.UTF_8);
  }

  static EncodedEvent encoded(OpenLineage.BaseEvent event) throws IOException {
    return EncodedEvent.of(bytes(event));
  }

  static String json(OpenLineage.BaseEvent event) {
    return OpenLineageClientUtils.toJson(event);
  }
}
