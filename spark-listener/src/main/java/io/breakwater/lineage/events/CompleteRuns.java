package io.breakwater.lineage.events;

import io.breakwater.lineage.events.SqlExecutions.Work;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.MissingNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;

/**
 * Gives every run one START, one end, and the truth about how it ended.
 *
 * <ul>
 *   <li>The run of a SQL execution ends when the execution does, with FAIL and the facet {@code
 *       errorMessage} if Spark says that it failed. What its jobs report is RUNNING until then, and
 *       withheld afterwards.
 *   <li>A run that OpenLineage begins without a START gets one from its first event, at the time at
 *       which Spark started it.
 *   <li>A run that OpenLineage leaves open is ended: with its execution or job, or with the
 *       application, then as ABORT.
 *   <li>The run of an execution that another execution has started is a child of that one's run.
 *   <li>The application fails if the last query or job that it ran did.
 * </ul>
 */
public final class CompleteRuns implements EventStep {

  private static final String APPLICATION_DETAILS = "spark_applicationDetails";
  private static final int MAX_OPEN = 4096;
  private static final int MAX_ENDED = 16384;
  private static final long MAX_BYTES = 16L << 20;

  /** A run with a START and no end. */
  private static final class Run {
    private final Work work;
    private final ObjectNode identity;

    Run(Work work, ObjectNode event) {
      this.work = work;
      this.identity = RunEventTree.identity(event);
    }

    String id() {
      return RunEventTree.runId(identity);
    }
  }

  private final Predicate<SparkListenerSQLExecutionEnd> stopped;
  private final SqlExecutions executions = new SqlExecutions();
  private final Map<String, Run> open = new LinkedHashMap<>();
  private final LastEvents last;
  private final Map<Work, Run> runOfWork = new HashMap<>();
  private final Set<String> ended = new LinkedHashSet<>();
  private ObjectNode application;
  private Failure lastFailure;

  /**
   * A step for an application.
   *
   * @param stopped whether what an execution ended with is no failure, because it was to be stopped
   */
  public CompleteRuns(Predicate<SparkListenerSQLExecutionEnd> stopped) {
    this(stopped, MAX_BYTES);
  }

  /** A step that keeps {@code maxBytes} of the events of open runs. */
  CompleteRuns(Predicate<SparkListenerSQLExecutionEnd> stopped, long maxBytes) {
    this.stopped = stopped;
    this.last = new LastEvents(maxBytes, MAX_OPEN);
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (!RunEventTree.isRunEvent(event) || RunEventTree.type(event) == EventType.OTHER) {
      next.accept(event);
      return;
    }
    Optional<Work> work = executions.of(cause);
    if (work.isPresent()) {
      acceptRun(event, work.get(), cause, next);
    } else if (cause instanceof SparkListenerApplicationStart) {
      application = event.deepCopy();
      next.accept(event);
    } else if (cause instanceof SparkListenerApplicationEnd end) {
      endApplication(event, end.time(), next);
    } else {
      next.accept(event);
    }
  }

  private void acceptRun(
      ObjectNode event, Work work, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    String runId = RunEventTree.runId(event);
    if (ended.contains(runId)) {
      return;
    }
    linkToRoot(event, work);
    Run run = open.get(runId);
    if (run == null) {
      run = start(event, work, next);
    } else if (!RunEventTree.isTerminal(event)) {
      RunEventTree.withType(event, EventType.RUNNING);
    }
    if (endsWork(cause, work)) {
      end(run, RunEventTree.withType(event, EventType.COMPLETE), failure(cause), next);
    } else if (RunEventTree.type(event) != EventType.START) {
      keep(run, event, next);
      next.accept(RunEventTree.withType(event, EventType.RUNNING));
    } else {
      next.accept(event);
    }
  }

  /** Passes on a START, unless {@code event} is one, which then is still to be passed on. */
  private Run start(ObjectNode event, Work work, Consumer<ObjectNode> next) {
    Run run = new Run(work, event);
    open.put(run.id(), run);
    runOfWork.put(work, run);
    keep(run, event, next);
    if (RunEventTree.type(event) != EventType.START) {
      ObjectNode start = event.deepCopy();
      RunEventTree.removeFindings(start);
      describeApplication(start);
      next.accept(RunEventTree.at(work.startTime(), RunEventTree.withType(start, EventType.START)));
    }
    return run;
  }

  /** As OpenLineage does in every START. */
  private void describeApplication(ObjectNode start) {
    JsonNode details =
        application == null
            ? MissingNode.getInstance()
            : application.at("/run/facets/" + APPLICATION_DETAILS);
    if (details.isObject() && start.at("/run/facets/" + APPLICATION_DETAILS).isMissingNode()) {
      RunEventTree.putRunFacet(start, APPLICATION_DETAILS, details.deepCopy());
    }
  }

  /** The eldest of too many open runs is given up, which no real application comes to. */
  private void keep(Run run, ObjectNode event, Consumer<ObjectNode> next) {
    last.put(run.id(), event);
    while (open.size() > 1 && (open.size() > MAX_OPEN || last.isOverfull())) {
      abort(eldestBut(run), next);
    }
  }

  private Run eldestBut(Run run) {
    Iterator<Run> eldest = open.values().iterator();
    Run first = eldest.next();
    return first == run ? eldest.next() : first;
  }

  /** Unless its parent is a run below the root already, such as the call of a procedure. */
  private void linkToRoot(ObjectNode event, Work work) {
    if (work.isNested() && !open.containsKey(RunEventTree.parentRunId(event))) {
      executions
          .underWay(work.root())
          .map(runOfWork::get)
          .ifPresent(root -> RunEventTree.setParent(event, root.identity));
    }
  }

  /** A job ends the run that stands for it, not the run of the execution that it belongs to. */
  private static boolean endsWork(SparkListenerEvent cause, Work work) {
    return work.sql()
        ? cause instanceof SparkListenerSQLExecutionEnd
        : cause instanceof SparkListenerJobEnd;
  }

  private static Optional<Failure> failure(SparkListenerEvent cause) {
    return cause instanceof SparkListenerSQLExecutionEnd end
        ? Failure.of(end)
        : cause instanceof SparkListenerJobEnd end ? Failure.of(end.jobResult()) : Optional.empty();
  }

  private void end(
      Run run, ObjectNode event, Optional<Failure> failure, Consumer<ObjectNode> next) {
    failure.ifPresent(
        f -> {
          RunEventTree.withType(event, EventType.FAIL);
          f.addTo(event);
        });
    String runId = RunEventTree.runId(event);
    open.remove(runId);
    last.remove(runId);
    runOfWork.remove(run.work);
    ended.add(runId);
    if (ended.size() > MAX_ENDED) {
      ended.remove(ended.iterator().next());
    }
    next.accept(event);
  }

  private void abort(Run run, Consumer<ObjectNode> next) {
    ObjectNode event = RunEventTree.withType(last.get(run.id()), EventType.ABORT);
    end(run, RunEventTree.at(System.currentTimeMillis(), event), Optional.empty(), next);
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    Optional<Work> work = executions.of(event);
    if (work.isPresent() && endsWork(event, work.get())) {
      Optional<Failure> failure = failure(event);
      Run run = runOfWork.get(work.get());
      if (run != null) {
        ObjectNode end = RunEventTree.withType(last.get(run.id()), EventType.COMPLETE);
        end(run, RunEventTree.at(time(event), end), failure, next);
      }
      if (!work.get().isNested() && !isStopped(event)) {
        lastFailure = failure.orElse(null);
      }
    }
    executions.forget(event);
  }

  private boolean isStopped(SparkListenerEvent event) {
    return event instanceof SparkListenerSQLExecutionEnd end && stopped.test(end);
  }

  private static long time(SparkListenerEvent event) {
    return event instanceof SparkListenerSQLExecutionEnd end
        ? end.time()
        : ((SparkListenerJobEnd) event).time();
  }

  private void endApplication(ObjectNode event, long time, Consumer<ObjectNode> next) {
    abortAll(time, next);
    application = null;
    if (lastFailure != null) {
      RunEventTree.withType(event, EventType.FAIL);
      lastFailure.addTo(event);
    }
    next.accept(event);
  }

  private void abortAll(long time, Consumer<ObjectNode> next) {
    for (Run run : new ArrayList<>(open.values())) {
      ObjectNode event = RunEventTree.withType(last.get(run.id()), EventType.ABORT);
      end(run, RunEventTree.at(time, event), Optional.empty(), next);
    }
  }

  @Override
  public void finish(Consumer<ObjectNode> next) {
    long now = System.currentTimeMillis();
    abortAll(now, next);
    if (application != null) {
      endApplication(
          RunEventTree.at(now, RunEventTree.withType(application, EventType.COMPLETE)), now, next);
    }
  }
}
