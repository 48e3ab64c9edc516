package io.breakwater.lineage.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.JobSucceeded$;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.junit.jupiter.api.Test;

class EventFilterTest {

  private final List<String> kept = new ArrayList<>();
  private final List<ObjectNode> events = new ArrayList<>();
  private SparkListenerEvent cause = new SparkListenerJobEnd(1, 0, JobSucceeded$.MODULE$);

  @Test
  void allRunningEvents_areKeptIfWanted() {
    run(new EventFilter(FilterOptions.none()));
    assertThat(kept).containsExactly("START", "RUNNING 1", "RUNNING 5", "RUNNING 12", "COMPLETE");
  }

  @Test
  void noRunningEvents_leavesStartAndEnd() {
    run(filter(Optional.empty(), null, null));
    assertThat(kept).containsExactly("START", "COMPLETE");
  }

  @Test
  void sampledRunningEvents_areThatFarFromTheStartAndFromEachOther() {
    run(filter(Optional.of(Duration.ofSeconds(5)), null, null));
    assertThat(kept).containsExactly("START", "RUNNING 5", "RUNNING 12", "COMPLETE");
    kept.clear();
    run(filter(Optional.of(Duration.ofSeconds(10)), null, null));
    assertThat(kept).containsExactly("START", "RUNNING 12", "COMPLETE");
  }

  @Test
  void runningEventsOfStreams_areNotSampled() {
    cause = new SparkListenerApplicationEnd(0);
    run(filter(Optional.of(Duration.ofSeconds(10)), null, null));
    assertThat(kept).containsExactly("START", "RUNNING 1", "RUNNING 5", "RUNNING 12", "COMPLETE");
    kept.clear();
    run(filter(Optional.empty(), null, null));
    assertThat(kept).containsExactly("START", "COMPLETE");
  }

  @Test
  void excludedJob_isLeftOutAsAWhole() {
    run(filter(Optional.of(Duration.ZERO), "^n/app\\.", null));
    assertThat(kept).isEmpty();
    run(filter(Optional.of(Duration.ZERO), "^n/other", null));
    assertThat(kept).hasSize(5);
  }

  @Test
  void excludedDataset_isLeftOutOfDatasetsAndColumns() {
    run(filter(Optional.empty(), null, "^file/tmp/"));
    assertThat(kept).containsExactly("START", "COMPLETE");
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.path("inputs").findValuesAsText("name")).containsExactly("/data/a");
              assertThat(event.path("outputs")).hasSize(1);
              assertThat(event.toString()).doesNotContain("/tmp/");
            });
  }

  private static EventFilter filter(Optional<Duration> running, String jobs, String datasets) {
    return new EventFilter(
        new FilterOptions(
            running,
            Optional.ofNullable(jobs).map(Pattern::compile),
            Optional.ofNullable(datasets).map(Pattern::compile)));
  }

  private void run(EventFilter filter) {
    accept(filter, "START", 0);
    accept(filter, "RUNNING", 1);
    accept(filter, "RUNNING", 5);
    accept(filter, "RUNNING", 12);
    accept(filter, "COMPLETE", 13);
  }

  private void accept(EventFilter filter, String type, int second) {
    ObjectNode event = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    event.put("eventType", type).put("eventTime", String.format("2026-01-01T00:00:%02dZ", second));
    event.putObject("run").put("runId", "r");
    event.putObject("job").put("namespace", "n").put("name", "app.write");
    var inputs = event.putArray("inputs");
    inputs.addObject().put("namespace", "file").put("name", "/data/a");
    inputs.addObject().put("namespace", "file").put("name", "/tmp/b");
    ObjectNode output =
        event.putArray("outputs").addObject().put("namespace", "file").put("name", "/data/c");
    ObjectNode lineage = output.putObject("facets").putObject("columnLineage");
    lineage
        .putObject("fields")
        .putObject("x")
        .putArray("inputFields")
        .addObject()
        .put("namespace", "file")
        .put("name", "/tmp/b");
    lineage.putArray("dataset").addObject().put("namespace", "file").put("name", "/tmp/b");
    filter.accept(
        event,
        cause,
        passed -> {
          kept.add(type.equals("RUNNING") ? type + " " + second : type);
          events.add(passed);
        });
  }
}
