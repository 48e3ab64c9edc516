package io.breakwater.lineage.events;

import io.breakwater.lineage.events.DatasetTree.DatasetKey;
import io.breakwater.lineage.events.SqlExecutions.Work;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;

/**
 * Makes the queries and jobs that Spark runs to look at files, such as to infer the schema of CSV,
 * children of the run that reads these files. They are over before that run begins; so each gets
 * one more event, of type OTHER, that names its parent, and what it has read as its parent does: a
 * file that was read alone is that file, not its directory.
 */
public final class LinkHelpers implements EventStep {

  /** The first line of the call site of what {@code spark.read} runs on its own. */
  private static final String READER = "org.apache.spark.sql.DataFrameReader.";

  private static final int MAX = 256;

  private final SqlExecutions executions = new SqlExecutions();
  private final Map<Work, Boolean> helpers = new Eldest<>();
  private final Map<String, ObjectNode> unlinked = new Eldest<>();

  private static final class Eldest<K, V> extends LinkedHashMap<K, V> {
    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MAX;
    }
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    Optional<Work> work = executions.of(cause);
    boolean helper = work.isPresent() && isHelper(work.get(), cause);
    if (helper) {
      unlinked.put(RunEventTree.runId(event), event.deepCopy());
    }
    List<ObjectNode> linked =
        work.isPresent() && !helper && isStart(event) ? helpersOf(event) : List.of();
    next.accept(event);
    linked.forEach(next);
  }

  private boolean isHelper(Work work, SparkListenerEvent cause) {
    if (callSite(cause).startsWith(READER)) {
      helpers.put(work, true);
    }
    return helpers.containsKey(work);
  }

  private static String callSite(SparkListenerEvent cause) {
    if (cause instanceof SparkListenerSQLExecutionStart start) {
      return start.details();
    }
    if (cause instanceof SparkListenerJobStart start && start.stageInfos().nonEmpty()) {
      return start.stageInfos().head().details();
    }
    return "";
  }

  private static boolean isStart(ObjectNode event) {
    return RunEventTree.isRunEvent(event) && RunEventTree.type(event) == EventType.START;
  }

  /** Takes the helpers that have read what {@code event}'s run reads. */
  private List<ObjectNode> helpersOf(ObjectNode event) {
    Set<DatasetKey> inputs = DatasetTree.inputs(event);
    List<ObjectNode> found = new ArrayList<>();
    unlinked
        .values()
        .removeIf(
            helper -> {
              boolean serves =
                  DatasetTree.inputs(helper).stream()
                      .anyMatch(read -> inputs.stream().anyMatch(read::touches));
              return serves && found.add(helper);
            });
    for (ObjectNode helper : found) {
      RunEventTree.withType(helper, EventType.OTHER);
      helper.set("eventTime", event.get("eventTime"));
      RunEventTree.setParent(helper, event);
      DatasetTree.nameInputs(helper, inputs);
    }
    return found;
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    executions.of(event).ifPresent(work -> isHelper(work, event));
    executions.forget(event);
  }
}
