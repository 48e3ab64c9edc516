package io.breakwater.lineage.events;

import io.breakwater.lineage.events.TimedBuilds.Lack;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Names in an event what it lacks because building it took too long. To stand behind {@link
 * CompleteRuns}.
 */
public final class NameLacks implements EventStep {

  private final TimedBuilds builds;
  private final SqlExecutions executions = new SqlExecutions();

  /** A step for what {@code builds} has given up. */
  public NameLacks(TimedBuilds builds) {
    this.builds = builds;
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (RunEventTree.isRunEvent(event)) {
      executions.of(cause).ifPresent(work -> name(builds.lack(work), event));
    }
    next.accept(event);
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    executions.of(event);
    executions.forget(event);
  }

  private void name(Lack lack, ObjectNode event) {
    if (lack == Lack.NOTHING) {
      return;
    }
    ObjectNode facets = event.withObject("/run").withObject("/facets");
    ObjectNode facet =
        facets.path(SizeBound.FACET.key()) instanceof ObjectNode reduced
            ? reduced
            : SizeBound.FACET.node();
    facets.set(SizeBound.FACET.key(), facet);
    facet.put("maxMillis", builds.timeout().toMillis());
    ArrayNode leftOut = facet.withArray("/leftOut");
    switch (lack) {
      case COLUMN_LINEAGE ->
          leftOut.addObject().put("place", "outputs").put("facet", "columnLineage");
      case LATER_FINDINGS ->
          leftOut.addObject().put("place", "outputs").put("facet", "outputStatistics");
      case DATASETS -> {
        leftOut.addObject().put("place", "inputs").put("facet", "*");
        leftOut.addObject().put("place", "outputs").put("facet", "*");
      }
      case NOTHING -> {}
    }
  }
}
