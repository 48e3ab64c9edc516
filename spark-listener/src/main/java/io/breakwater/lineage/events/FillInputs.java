package io.breakwater.lineage.events;

import io.breakwater.lineage.events.DatasetTree.DatasetKey;
import io.breakwater.lineage.events.SqlExecutions.Work;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.storage.RDDInfo;
import scala.collection.JavaConverters;

/**
 * Adds inputs that OpenLineage does not see behind a cache or a checkpoint: those that the column
 * lineage of an output names, and those of the query that computed the RDD which is read. The end
 * of a query has the inputs of all events before it, those that are left out included.
 */
public final class FillInputs implements EventStep {

  private static final int MAX_RDDS = 50_000;
  private static final int MAX_QUERIES = 4096;

  private final RddReader reader;
  private final SqlExecutions executions = new SqlExecutions();
  private final Map<Integer, Set<DatasetKey>> inputsOfRdd = bounded(MAX_RDDS);
  private final Map<Work, Set<DatasetKey>> inputsOfQuery = bounded(MAX_QUERIES);

  /** A step that knows from {@code reader} what queries are built on. */
  public FillInputs(RddReader reader) {
    this.reader = reader;
  }

  private static <K, V> Map<K, V> bounded(int max) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
      }
    };
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    Optional<Work> work = executions.of(cause).filter(Work::sql);
    if (RunEventTree.isRunEvent(event) && work.isPresent()) {
      DatasetTree.addInputs(event, DatasetTree.columnLineageInputs(event));
      for (int rdd : reader.rdds(work.get().id())) {
        DatasetTree.addInputs(event, inputsOfRdd.getOrDefault(rdd, Set.of()));
      }
      Set<DatasetKey> inputs =
          inputsOfQuery.computeIfAbsent(work.get(), w -> new LinkedHashSet<>());
      if (cause instanceof SparkListenerSQLExecutionEnd) {
        DatasetTree.addInputs(event, inputs);
      }
      inputs.addAll(DatasetTree.inputs(event));
    }
    next.accept(event);
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    if (event instanceof SparkListenerJobStart start) {
      executions.of(event).map(inputsOfQuery::get).ifPresent(inputs -> remember(start, inputs));
    }
    executions.forget(event);
  }

  private void remember(SparkListenerJobStart start, Set<DatasetKey> inputs) {
    if (inputs.isEmpty()) {
      return;
    }
    for (StageInfo stage : JavaConverters.seqAsJavaList(start.stageInfos())) {
      for (RDDInfo rdd : JavaConverters.seqAsJavaList(stage.rddInfos())) {
        inputsOfRdd.put(rdd.id(), inputs);
      }
    }
  }
}
