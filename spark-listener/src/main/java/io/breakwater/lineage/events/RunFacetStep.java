package io.breakwater.lineage.events;

import io.breakwater.lineage.facets.CustomFacet;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/** Adds the same facet to every run event. */
public final class RunFacetStep implements EventStep {

  private final String key;
  private final ObjectNode value;

  /** A step that adds {@code value} under the key of {@code facet}. */
  public RunFacetStep(CustomFacet facet, ObjectNode value) {
    this.key = facet.key();
    this.value = value.deepCopy();
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (RunEventTree.isRunEvent(event)) {
      RunEventTree.putRunFacet(event, key, value);
    }
    next.accept(event);
  }
}
