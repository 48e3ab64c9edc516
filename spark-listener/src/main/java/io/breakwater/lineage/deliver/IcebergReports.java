package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineage;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.type.TypeReference;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Carries Iceberg's reports past OpenLineage's own classes for them, whose numbers are doubles: a
 * snapshot id would come out as another one.
 */
final class IcebergReports {

  private static final String SCAN = "icebergScanReport";
  private static final String COMMIT = "icebergCommitReport";
  private static final TypeReference<Map<String, Object>> PROPERTIES = new TypeReference<>() {};

  private IcebergReports() {}

  /** The run event of {@code tree}, with the reports as they are written there. */
  static OpenLineage.RunEvent decode(ObjectMapper mapper, JsonNode tree) throws IOException {
    JsonNode rest = tree.deepCopy();
    rest.path("inputs").forEach(dataset -> remove(dataset.path("inputFacets"), SCAN));
    rest.path("outputs").forEach(dataset -> remove(dataset.path("outputFacets"), COMMIT));
    OpenLineage.RunEvent event = mapper.treeToValue(rest, OpenLineage.RunEvent.class);
    for (int i = 0; i < tree.path("inputs").size(); i++) {
      if (tree.at("/inputs/" + i + "/inputFacets/" + SCAN) instanceof ObjectNode report) {
        event
            .getInputs()
            .get(i)
            .getInputFacets()
            .getAdditionalProperties()
            .put(SCAN, new ScanReport(mapper, report));
      }
    }
    for (int i = 0; i < tree.path("outputs").size(); i++) {
      if (tree.at("/outputs/" + i + "/outputFacets/" + COMMIT) instanceof ObjectNode report) {
        event
            .getOutputs()
            .get(i)
            .getOutputFacets()
            .getAdditionalProperties()
            .put(COMMIT, new CommitReport(mapper, report));
      }
    }
    return event;
  }

  private static void remove(JsonNode facets, String name) {
    if (facets instanceof ObjectNode object) {
      object.remove(name);
    }
  }

  private static final class ScanReport extends OpenLineage.DefaultInputDatasetFacet {
    private final URI schema;

    ScanReport(ObjectMapper mapper, ObjectNode report) {
      super(producer(report));
      this.schema = schema(report);
      getAdditionalProperties().putAll(numbers(mapper, report));
    }

    @Override
    public URI get_schemaURL() {
      return schema;
    }
  }

  private static final class CommitReport extends OpenLineage.DefaultOutputDatasetFacet {
    private final URI schema;

    CommitReport(ObjectMapper mapper, ObjectNode report) {
      super(producer(report));
      this.schema = schema(report);
      getAdditionalProperties().putAll(numbers(mapper, report));
    }

    @Override
    public URI get_schemaURL() {
      return schema;
    }
  }

  private static URI producer(ObjectNode report) {
    return URI.create(report.path("_producer").asText());
  }

  private static URI schema(ObjectNode report) {
    return URI.create(report.path("_schemaURL").asText());
  }

  private static Map<String, Object> numbers(ObjectMapper mapper, ObjectNode report) {
    Map<String, Object> properties = mapper.convertValue(report, PROPERTIES);
    properties.keySet().removeAll(List.of("_producer", "_schemaURL"));
    return properties;
  }
}
