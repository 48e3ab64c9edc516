package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.JobResult;
import org.apache.spark.scheduler.JobSucceeded$;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.execution.SparkPlanInfo;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.immutable.List$;
import scala.collection.immutable.Map$;

/** What OpenLineage emits when things come late, out of order, or not at all. */
class CompleteRunsOfEventsTest {

  private static final long START = 1_000_000_000_000L;

  private static final long STOPPED = 9;

  private final CompleteRuns step = new CompleteRuns(end -> end.executionId() == STOPPED);
  private final List<String> passed = new ArrayList<>();
  private final List<ObjectNode> events = new ArrayList<>();

  @Test
  void startThatWasLost_isMadeFromTheFirstEventAtTheTimeOfTheExecution() {
    happens(executionStart(1, 1));
    happens(executionEnd(1, null), "COMPLETE a 1970-01-01T00:00:07Z");
    assertThat(passed)
        .containsExactly("START a 2001-09-09T01:46:40Z", "COMPLETE a 1970-01-01T00:00:07Z");
    assertThat(events.get(0).at("/outputs/0").has("outputFacets"))
        .as("statistics are not known at the start")
        .isFalse();
    assertThat(events.get(1).at("/outputs/0").has("outputFacets")).isTrue();
  }

  @Test
  void secondStart_isRunning() {
    happens(executionStart(1, 1), "START a");
    happens(jobStart(5, 1L), "START a");
    assertThat(passed).containsExactly("START a", "RUNNING a");
  }

  @Test
  void endThatOpenLineageOmits_isMadeFromTheLastEvent() {
    happens(executionStart(1, 1), "START a");
    happens(executionEnd(1, null));
    happens(jobStart(5, null), "START b");
    happens(jobEnd(5, JobSucceeded$.MODULE$));
    happens(jobStart(6, null), "START c");
    happens(jobEnd(6, new JobFailed(new IllegalStateException("no"))));
    assertThat(passed)
        .containsExactly(
            "START a",
            "COMPLETE a 2001-09-09T01:46:41Z",
            "START b",
            "COMPLETE b 2001-09-09T01:46:42Z",
            "START c",
            "FAIL c 2001-09-09T01:46:42Z: no");
  }

  @Test
  void executionDecidesHowItsRunEnds_notItsJobs() {
    happens(executionStart(1, 1), "START a");
    happens(jobStart(5, 1L), "RUNNING a");
    happens(jobEnd(5, new JobFailed(new IllegalStateException("tried again"))), "FAIL a");
    happens(executionEnd(1, null), "COMPLETE a");
    assertThat(passed).containsExactly("START a", "RUNNING a", "RUNNING a", "COMPLETE a");
  }

  @Test
  void jobThatEndsAfterItsExecution_changesNothing() {
    happens(executionStart(1, 1), "START a");
    happens(jobStart(5, 1L), "RUNNING a");
    happens(executionEnd(1, new IllegalStateException("no")), "RUNNING a");
    happens(jobEnd(5, new JobFailed(new IllegalStateException("no"))), "FAIL a");
    assertThat(passed).containsExactly("START a", "RUNNING a", "FAIL a: no");
  }

  @Test
  void jobOfAThreadThatAQueryHasLeftBehind_isARunOfItsOwn() {
    happens(executionStart(1, 1), "START a");
    happens(executionEnd(1, null), "COMPLETE a");
    happens(jobStart(5, 1L), "START late");
    happens(jobEnd(5, JobSucceeded$.MODULE$), "COMPLETE late");
    assertThat(passed).containsExactly("START a", "COMPLETE a", "START late", "COMPLETE late");
  }

  @Test
  void lateJobOfARunThatHasEnded_changesNothing() {
    happens(executionStart(1, 1), "START a");
    happens(executionEnd(1, null), "COMPLETE a");
    happens(jobStart(5, 1L), "RUNNING a");
    happens(jobEnd(5, JobSucceeded$.MODULE$), "COMPLETE a");
    assertThat(passed).containsExactly("START a", "COMPLETE a");
  }

  @Test
  void executionThatWasToBeStopped_isNoFailureOfTheApplication() {
    happens(applicationStart(), "START app");
    happens(executionStart(STOPPED, STOPPED), "START a");
    happens(executionEnd(STOPPED, new InterruptedException()), "COMPLETE a");
    happens(new SparkListenerApplicationEnd(START + 3000), "COMPLETE app");
    assertThat(passed).endsWith("COMPLETE app");
  }

  @Test
  void runsStillOpenAtTheEndOfTheApplication_areAborted() {
    happens(applicationStart(), "START app");
    happens(executionStart(1, 1), "START a");
    happens(jobStart(5, null), "START b");
    happens(new SparkListenerApplicationEnd(START + 3000), "COMPLETE app");
    step.finish(this::pass);
    assertThat(passed)
        .containsExactly(
            "START app",
            "START a",
            "START b",
            "ABORT a 2001-09-09T01:46:43Z",
            "ABORT b 2001-09-09T01:46:43Z",
            "COMPLETE app");
  }

  @Test
  void openRunsWithLargeEvents_areKeptWithinABound_theEldestWithoutTheirFacets() {
    CompleteRuns bounded = new CompleteRuns(end -> false, 4 << 20);
    for (int id = 1; id <= 2; id++) {
      ObjectNode event = event(("START " + id).split(" "));
      ((ObjectNode) event.at("/run/facets")).putObject("large").put("text", "x".repeat(3 << 20));
      bounded.accept(event, executionStart(id, id), this::pass);
    }
    bounded.finish(this::pass);
    assertThat(passed)
        .extracting(text -> text.substring(0, 7))
        .containsExactly("START 1", "START 2", "ABORT 1", "ABORT 2");
    ObjectNode first = events.get(2);
    assertThat(first.at("/run/facets").has("large")).isFalse();
    assertThat(first.at("/run/facets/parent")).isEqualTo(events.get(0).at("/run/facets/parent"));
    assertThat(first.at("/run/facets/breakwater_reduced/leftOut/0/facet").asText())
        .isEqualTo("large");
    assertThat(events.get(3).at("/run/facets").has("large")).isTrue();
  }

  @Test
  void openRunsWhoseNamesAloneAreMoreThanTheBound_areGivenUpTheEldestFirst() {
    CompleteRuns bounded = new CompleteRuns(end -> false, 4 << 20);
    String name = "x".repeat(3 << 20);
    bounded.accept(event(new String[] {"START", "1" + name}), executionStart(1, 1), this::pass);
    bounded.accept(event(new String[] {"START", "2" + name}), executionStart(2, 2), this::pass);
    assertThat(passed)
        .extracting(text -> text.substring(0, 7))
        .containsExactly("START 1", "ABORT 1", "START 2");
  }

  @Test
  void applicationWithoutAnEnd_getsOneWhenEverythingElseIsDone() {
    happens(applicationStart(), "START app");
    step.finish(this::pass);
    assertThat(passed).hasSize(2);
    assertThat(passed.get(1)).startsWith("COMPLETE app");
  }

  @Test
  void applicationThatGoesOnAfterAFailure_completes() {
    happens(applicationStart(), "START app");
    happens(executionStart(1, 1), "START a");
    happens(executionEnd(1, new IllegalStateException("no")), "COMPLETE a");
    happens(executionStart(2, 2), "START b");
    happens(executionEnd(2, null), "COMPLETE b");
    happens(new SparkListenerApplicationEnd(START + 3000), "COMPLETE app");
    assertThat(passed).endsWith("START b", "COMPLETE b", "COMPLETE app");
  }

  @Test
  void nestedExecution_isAChildOfItsRoot() {
    happens(executionStart(1, 1), "START a");
    happens(executionStart(2, 1), "START b");
    assertThat(events.get(0).at("/run/facets/parent/job/name").asText()).isEqualTo("app");
    assertThat(events.get(1).at("/run/facets/parent/job/name").asText()).isEqualTo("a");
    assertThat(events.get(1).at("/run/facets/parent/run/runId"))
        .isEqualTo(events.get(0).at("/run/runId"));
    assertThat(events.get(1).at("/run/facets/parent/root/job/name").asText()).isEqualTo("app");
  }

  @Test
  void executionBelowAnotherOneThatIsNested_keepsItsParent() {
    happens(executionStart(1, 1), "START a");
    happens(executionStart(2, 1), "START b");
    ObjectNode inner = event("START c".split(" "));
    ((ObjectNode) inner.at("/run/facets/parent/run")).put("runId", "run of b");
    step.accept(inner, executionStart(3, 1), this::pass);
    assertThat(events.get(2).at("/run/facets/parent/run/runId").asText()).isEqualTo("run of b");
  }

  @Test
  void eventsThatAreNoRuns_goThrough() {
    ObjectNode dataset = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    dataset.putObject("dataset").put("name", "d");
    step.accept(dataset, executionStart(1, 1), events::add);
    assertThat(events).containsExactly(dataset);
  }

  /** Spark posts {@code cause}, and OpenLineage emits events of the form "TYPE job [time]". */
  private void happens(SparkListenerEvent cause, String... emitted) {
    for (String text : emitted) {
      step.accept(event(text.split(" ")), cause, this::pass);
    }
    step.observe(cause, this::pass);
  }

  private void pass(ObjectNode event) {
    String time = event.path("eventTime").asText();
    String error = event.at("/run/facets/errorMessage/message").asText();
    passed.add(
        event.path("eventType").asText()
            + " "
            + event.at("/job/name").asText()
            + (time.isEmpty() ? "" : " " + time)
            + (error.isEmpty() ? "" : ": " + error));
    events.add(event);
  }

  private static ObjectNode event(String[] parts) {
    ObjectNode event = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    event.put("eventType", parts[0]).put("producer", "urn:test");
    if (parts.length > 2) {
      event.put("eventTime", parts[2]);
    }
    ObjectNode run = event.putObject("run").put("runId", "run of " + parts[1]);
    ObjectNode parent = run.putObject("facets").putObject("parent");
    parent.putObject("run").put("runId", "run of app");
    parent.putObject("job").put("namespace", "n").put("name", "app");
    parent.putObject("root").putObject("job").put("namespace", "n").put("name", "app");
    event.putObject("job").put("namespace", "n").put("name", parts[1]);
    event.putArray("inputs");
    event.putArray("outputs").addObject().putObject("outputFacets");
    return event;
  }

  private static SparkListenerApplicationStart applicationStart() {
    return new SparkListenerApplicationStart(
        "app", Option.empty(), START, "user", Option.empty(), Option.empty(), Option.empty());
  }

  private static SparkListenerSQLExecutionStart executionStart(long id, long root) {
    SparkPlanInfo plan =
        new SparkPlanInfo(
            "plan", "plan", List$.MODULE$.empty(), Map$.MODULE$.empty(), List$.MODULE$.empty());
    return new SparkListenerSQLExecutionStart(
        id,
        Option.apply(root),
        "",
        "",
        "",
        plan,
        START,
        Map$.MODULE$.empty(),
        JavaConverters.asScalaSet(new HashSet<String>()).toSet());
  }

  private static SparkListenerSQLExecutionEnd executionEnd(long id, Throwable failure) {
    SparkListenerSQLExecutionEnd end =
        new SparkListenerSQLExecutionEnd(id, START + 1000, Option.apply(""));
    end.executionFailure_$eq(Option.apply(failure));
    return end;
  }

  private static SparkListenerJobStart jobStart(int id, Long execution) {
    Properties properties = new Properties();
    if (execution != null) {
      properties.setProperty("spark.sql.execution.id", execution.toString());
    }
    return new SparkListenerJobStart(id, START, List$.MODULE$.empty(), properties);
  }

  private static SparkListenerJobEnd jobEnd(int id, JobResult result) {
    return new SparkListenerJobEnd(id, START + 2000, result);
  }
}
