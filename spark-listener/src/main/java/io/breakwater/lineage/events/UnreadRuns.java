package io.breakwater.lineage.events;

import io.breakwater.lineage.events.SqlExecutions.Work;
import io.breakwater.lineage.events.TimedBuilds.Lack;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;

/**
 * Begins the runs of queries and jobs that took OpenLineage too long to read at all. They are
 * children of the application, without datasets. Those that its second listener has read get the
 * parent that the others have. To stand before {@link CompleteRuns}, which ends them.
 */
public final class UnreadRuns implements EventStep {

  private static final int MAX_RUNS = 8192;

  private final TimedBuilds builds;
  private final SqlExecutions executions = new SqlExecutions();
  private final Map<String, Boolean> begun =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MAX_RUNS;
        }
      };
  private ObjectNode application;

  /** A step for what {@code builds} has given up. */
  public UnreadRuns(TimedBuilds builds) {
    this.builds = builds;
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (cause instanceof SparkListenerApplicationStart && RunEventTree.isRunEvent(event)) {
      application = event.deepCopy();
    } else if (application != null) {
      executions
          .of(cause)
          .filter(work -> builds.lack(work) == Lack.COLUMN_LINEAGE)
          .ifPresent(work -> nameParent(event));
    }
    next.accept(event);
  }

  /** The second listener has not seen the application start, and may call it otherwise. */
  private void nameParent(ObjectNode event) {
    String parent = event.at("/run/facets/parent/run/runId").asText();
    if (parent.equals(RunEventTree.runId(application))) {
      RunEventTree.putRunFacet(event, "parent", RunEventTree.parentFacet(application));
    }
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    executions
        .of(event)
        .filter(work -> application != null && builds.lack(work) == Lack.DATASETS)
        .filter(work -> begun.put(work.id() + "," + work.sql(), true) == null)
        .map(work -> first(work, event))
        .ifPresent(next);
    executions.forget(event);
  }

  /** The START, or what {@link CompleteRuns} puts a START before. */
  private ObjectNode first(Work work, SparkListenerEvent event) {
    if (event instanceof SparkListenerSQLExecutionEnd end) {
      return event(work, EventType.RUNNING, end.time());
    }
    if (event instanceof SparkListenerJobEnd end) {
      return event(work, EventType.RUNNING, end.time());
    }
    return event(work, EventType.START, work.startTime());
  }

  private ObjectNode event(Work work, EventType type, long time) {
    ObjectNode event = RunEventTree.at(time, RunEventTree.withType(application.deepCopy(), type));
    ObjectNode run = event.putObject("run");
    run.put("runId", UUID.randomUUID().toString());
    ObjectNode facets = run.putObject("facets");
    facets.set("parent", RunEventTree.parentFacet(application));
    ObjectNode job = event.putObject("job");
    job.put("namespace", RunEventTree.jobNamespace(application));
    job.put(
        "name", RunEventTree.jobName(application) + (work.sql() ? ".unread_query" : ".unread_job"));
    job.putObject("facets");
    event.putArray("inputs");
    event.putArray("outputs");
    return event;
  }
}
