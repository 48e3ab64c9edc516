package io.breakwater.lineage.filter;

import io.breakwater.lineage.events.EventStep;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Leaves out the facets that {@code spark.openlineage.facets.<name>.disabled} names, those that
 * other steps have added among them. To stand behind these.
 */
public final class DisabledFacets implements EventStep {

  private static final List<String> OF_DATASETS = List.of("facets", "inputFacets", "outputFacets");

  private final Set<String> names;

  /** A step that leaves out what is called so. */
  public DisabledFacets(Set<String> names) {
    this.names = Set.copyOf(names);
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    remove(event.at("/run/facets"));
    remove(event.at("/job/facets"));
    for (String datasets : List.of("inputs", "outputs")) {
      for (JsonNode dataset : event.path(datasets)) {
        OF_DATASETS.forEach(facets -> remove(dataset.path(facets)));
      }
    }
    next.accept(event);
  }

  private void remove(JsonNode facets) {
    if (facets instanceof ObjectNode object) {
      object.remove(names);
    }
  }
}
