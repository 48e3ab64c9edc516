package io.breakwater.lineage;

import io.openlineage.client.OpenLineage;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Events of about 4 KB: the end of a query with an input and an output of 30 columns each. */
public final class SampleEvent {
  private static final OpenLineage OPEN_LINEAGE =
      new OpenLineage(URI.create("https://example.com/benchmark"));

  private SampleEvent() {}

  /** The event of run {@code number}. */
  public static OpenLineage.RunEvent of(int number) {
    List<OpenLineage.SchemaDatasetFacetFields> fields =
        IntStream.range(0, 30)
            .mapToObj(
                column ->
                    OPEN_LINEAGE
                        .newSchemaDatasetFacetFieldsBuilder()
                        .name("column_" + column)
                        .type("string")
                        .build())
            .toList();
    OpenLineage.DatasetFacets facets =
        OPEN_LINEAGE
            .newDatasetFacetsBuilder()
            .schema(OPEN_LINEAGE.newSchemaDatasetFacetBuilder().fields(fields).build())
            .build();
    return OPEN_LINEAGE
        .newRunEventBuilder()
        .eventType(OpenLineage.RunEvent.EventType.COMPLETE)
        .eventTime(ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC))
        .run(OPEN_LINEAGE.newRunBuilder().runId(new UUID(1, number)).build())
        .job(OPEN_LINEAGE.newJobBuilder().namespace("benchmark").name("job_" + number).build())
        .inputs(
            List.of(
                OPEN_LINEAGE
                    .newInputDatasetBuilder()
                    .namespace("file")
                    .name("/data/in")
                    .facets(facets)
                    .build()))
        .outputs(
            List.of(
                OPEN_LINEAGE
                    .newOutputDatasetBuilder()
                    .namespace("file")
                    .name("/data/out")
                    .facets(facets)
                    .build()))
        .build();
  }
}
