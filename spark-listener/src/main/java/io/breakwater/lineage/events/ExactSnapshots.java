package io.breakwater.lineage.events;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.LongNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Writes the numbers of Iceberg's reports as the integers that they are; OpenLineage makes doubles
 * of them, which snapshot ids do not survive. The version of a dataset becomes the snapshot that
 * was read or committed, where a report tells, instead of the one that is current when OpenLineage
 * looks.
 */
public final class ExactSnapshots implements EventStep {

  private static final String ICEBERG_EVENTS = "org.apache.iceberg.events.Listeners";
  private static final double MAX_EXACT = 1L << 53;

  private final SnapshotIds ids;

  ExactSnapshots(SnapshotIds ids) {
    this.ids = ids;
  }

  /** A step that hears of snapshots from Iceberg, if it is there. */
  public static ExactSnapshots listening() {
    try {
      Class.forName(ICEBERG_EVENTS, false, ExactSnapshots.class.getClassLoader());
      return new ExactSnapshots(IcebergSnapshots.ids());
    } catch (ClassNotFoundException | LinkageError e) {
      return new ExactSnapshots(new SnapshotIds());
    }
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    event
        .path("inputs")
        .forEach(dataset -> correct(dataset, dataset.at("/inputFacets/icebergScanReport")));
    event
        .path("outputs")
        .forEach(dataset -> correct(dataset, dataset.at("/outputFacets/icebergCommitReport")));
    next.accept(event);
  }

  private void correct(JsonNode dataset, JsonNode report) {
    if (!(report instanceof ObjectNode facet)) {
      return;
    }
    JsonNode version = dataset.at("/facets/version/datasetVersion");
    OptionalLong id = exact(facet.path("snapshotId"), version.asText());
    integers(facet);
    id.ifPresent(
        snapshot -> {
          facet.put("snapshotId", snapshot);
          if (version.isTextual()) {
            ((ObjectNode) dataset.at("/facets/version"))
                .put("datasetVersion", Long.toString(snapshot));
          }
        });
  }

  private OptionalLong exact(JsonNode rounded, String version) {
    if (!rounded.isNumber()) {
      return OptionalLong.empty();
    }
    OptionalLong seen = ids.exact(rounded.doubleValue());
    if (seen.isPresent() || !version.matches("-?\\d{1,18}|[1-8]\\d{18}")) {
      return seen;
    }
    long current = Long.parseLong(version);
    return (double) current == rounded.doubleValue()
        ? OptionalLong.of(current)
        : OptionalLong.empty();
  }

  private static void integers(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> property : object.properties()) {
        property.setValue(integer(property.getValue()));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, integer(array.get(i)));
      }
    }
  }

  private static JsonNode integer(JsonNode value) {
    if (value.isDouble()
        && Math.abs(value.doubleValue()) <= MAX_EXACT
        && value.doubleValue() == Math.rint(value.doubleValue())) {
      return new LongNode(value.longValue());
    }
    integers(value);
    return value;
  }
}
