package io.breakwater.lineage.view;

import static io.breakwater.lineage.view.EventJson.column;
import static io.breakwater.lineage.view.EventJson.everyColumn;
import static io.breakwater.lineage.view.EventJson.run;
import static io.breakwater.lineage.view.EventJson.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineageModelBuilderTest {

  private static LineageModel model(EventJson... events) {
    return model(ViewLimits.defaults(), events);
  }

  private static LineageModel model(ViewLimits limits, EventJson... events) {
    LineageModelBuilder builder = new LineageModelBuilder(limits);
    for (EventJson event : events) {
      assertThat(builder.add(event.json())).isTrue();
    }
    return builder.build();
  }

  private static LineageRun onlyRun(LineageModel model) {
    assertThat(model.jobs()).hasSize(1);
    assertThat(model.jobs().get(0).runs()).hasSize(1);
    return model.jobs().get(0).runs().get(0);
  }

  @Nested
  class Runs {

    @Test
    void run_withStartAndComplete_hasItsDuration() {
      LineageRun run =
          onlyRun(
              model(
                  run("load", "r1", "START", "10:00:00"),
                  run("load", "r1", "RUNNING", "10:00:05"),
                  run("load", "r1", "COMPLETE", "10:02:03.5")));
      assertThat(run.status()).isEqualTo(RunStatus.COMPLETE);
      assertThat(Duration.between(run.started(), run.ended().orElseThrow()))
          .isEqualTo(Duration.ofMillis(123_500));
    }

    @Test
    void run_withoutTerminalEvent_isRunning() {
      LineageRun run =
          onlyRun(
              model(
                  run("load", "r1", "START", "10:00:00"),
                  run("load", "r1", "RUNNING", "10:05:00")));
      assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
      assertThat(run.ended()).isEmpty();
      assertThat(run.lastEvent()).isEqualTo(Instant.parse("2026-11-20T10:05:00Z"));
    }

    @Test
    void run_thatFails_tellsMessageAndStack() {
      LineageRun run =
          onlyRun(
              model(
                  run("load", "r1", "START", "10:00:00"),
                  run("load", "r1", "FAIL", "10:00:09")
                      .error(
                          "Cannot write: disk full", "java.io.IOException\n\tat Writer.java:7")));
      assertThat(run.status()).isEqualTo(RunStatus.FAIL);
      assertThat(run.error()).isEqualTo("Cannot write: disk full");
      assertThat(run.stack()).isEqualTo("java.io.IOException\n\tat Writer.java:7");
    }

    @Test
    void run_thatFailsAndIsCalledComplete_hasFailed() {
      EventJson failure = run("load", "r1", "FAIL", "10:00:09");
      EventJson completion = run("load", "r1", "COMPLETE", "10:00:10");
      assertThat(onlyRun(model(failure, completion)).status()).isEqualTo(RunStatus.FAIL);
      assertThat(onlyRun(model(completion, failure)).status()).isEqualTo(RunStatus.FAIL);
    }

    @Test
    void run_thatIsAborted_isAborted() {
      assertThat(onlyRun(model(run("load", "r1", "ABORT", "10:00:09"))).status())
          .isEqualTo(RunStatus.ABORT);
    }

    @Test
    void run_withParent_namesItsRunAndJob() {
      LineageModel model =
          model(
              run("app", "a1", "START", "10:00:00"),
              run("app.load", "r1", "START", "10:00:01").parent("app", "a1"));
      assertThat(model.jobs().get(1).runs().get(0).parent())
          .contains(new LineageRun.ParentRun("a1", new JobId("prod", "app")));
    }

    @Test
    void run_withStatistics_sumsThemOverItsOutputsAndNotOverItsEvents() {
      ObjectNode first = table("/a");
      first.withObject("/outputFacets/outputStatistics").put("rowCount", 10).put("size", 1000);
      ObjectNode second = table("/b");
      second.withObject("/outputFacets/outputStatistics").put("rowCount", 5);
      LineageRun run =
          onlyRun(
              model(
                  run("load", "r1", "RUNNING", "10:00:00").output(first).output(second),
                  run("load", "r1", "COMPLETE", "10:00:01").output(first).output(second)));
      assertThat(run.rows()).hasValue(15);
      assertThat(run.bytes()).hasValue(1000);
    }

    @Test
    void run_withFacetsOfItsPlatform_listsThemByPath() {
      LineageRun run =
          onlyRun(
              model(run("load", "r1", "START", "10:00:00").runFacet("emr", "clusterId", "j-1")));
      assertThat(run.details()).containsExactly(Map.entry("emr.clusterId", "j-1"));
    }

    @Test
    void runs_inAnyOrderOfTheirEvents_areTheSame() {
      List<EventJson> events = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        String run = "r" + i;
        events.add(run("load", run, "START", "10:00:" + (10 + i)).input(table("/in", "a:int")));
        events.add(
            run("load", run, "COMPLETE", "10:01:" + (10 + i)).output(table("/out", "b:int")));
      }
      LineageModel expected = model(events.toArray(EventJson[]::new));
      long seed = System.nanoTime();
      Collections.shuffle(events, new Random(seed));
      assertThat(model(events.toArray(EventJson[]::new))).as("seed " + seed).isEqualTo(expected);
    }

    @Test
    void events_thatComeTwice_changeNothing() {
      EventJson start = run("load", "r1", "START", "10:00:00").input(table("/in", "a:int"));
      EventJson end = run("load", "r1", "COMPLETE", "10:00:01").output(table("/out"));
      assertThat(model(start, end, start, end).jobs()).isEqualTo(model(start, end).jobs());
    }
  }

  @Nested
  class Versions {

    @Test
    void version_isWhatAllEventsOfARunSayTogether() {
      LineageJob job =
          model(
                  run("load", "r1", "START", "10:00:00").input(table("/in", "a:int")),
                  run("load", "r1", "COMPLETE", "10:00:01").output(table("/out", "b:int")))
              .jobs()
              .get(0);
      assertThat(job.versions()).hasSize(1);
      JobShape shape = job.versions().get(0).shape();
      assertThat(shape.inputs()).extracting(d -> d.dataset().name()).containsExactly("/in");
      assertThat(shape.outputs()).extracting(d -> d.dataset().name()).containsExactly("/out");
      assertThat(shape.outputs().get(0).schema()).containsExactly(new SchemaField("b", "int"));
    }

    @Test
    void runs_ofTheSameShape_areOneVersion() {
      LineageJob job =
          model(
                  run("load", "r1", "COMPLETE", "10:00:00").input(table("/a")).input(table("/b")),
                  run("load", "r2", "COMPLETE", "11:00:00").input(table("/b")).input(table("/a")))
              .jobs()
              .get(0);
      assertThat(job.versions())
          .containsExactly(
              new JobVersion(
                  job.versions().get(0).shape(),
                  Instant.parse("2026-11-20T10:00:00Z"),
                  Instant.parse("2026-11-20T11:00:00Z"),
                  2));
    }

    @Test
    void anotherInputSchemaOrTransformation_isAnotherVersion() {
      LineageJob job =
          model(
                  run("load", "r1", "COMPLETE", "10:00:00").output(table("/out", "a:int")),
                  run("load", "r2", "COMPLETE", "11:00:00").output(table("/out", "a:bigint")),
                  run("load", "r3", "COMPLETE", "12:00:00")
                      .output(table("/out", "a:bigint"))
                      .input(table("/in")),
                  run("load", "r4", "COMPLETE", "13:00:00")
                      .output(
                          column(table("/out", "a:bigint"), "a", "/in", "x", "DIRECT", "IDENTITY"))
                      .input(table("/in")),
                  run("load", "r5", "COMPLETE", "14:00:00")
                      .output(
                          column(
                              table("/out", "a:bigint"), "a", "/in", "x", "DIRECT", "AGGREGATION"))
                      .input(table("/in")))
              .jobs()
              .get(0);
      assertThat(job.versions()).hasSize(5);
      assertThat(job.runs()).extracting(r -> r.version().orElse(-1)).containsExactly(4, 3, 2, 1, 0);
    }

    @Test
    void run_thatDidNotCompleteAndToldAPart_hasNoVersion() {
      EventJson whole =
          run("load", "r1", "COMPLETE", "10:00:00")
              .input(table("/in", "a:int"))
              .output(table("/out", "b:int"));
      EventJson part = run("load", "r2", "START", "11:00:00").input(table("/in", "a:int"));
      EventJson other = run("load", "r3", "FAIL", "12:00:00").input(table("/in", "a:bigint"));
      LineageJob job = model(whole, part, other).jobs().get(0);
      assertThat(job.versions()).hasSize(2);
      assertThat(job.runs()).extracting(run -> run.version().orElse(-1)).containsExactly(1, -1, 0);
    }

    @Test
    void run_thatNamesNoDataset_hasNoVersion() {
      LineageJob job = model(run("app", "r1", "COMPLETE", "10:00:00")).jobs().get(0);
      assertThat(job.versions()).isEmpty();
      assertThat(job.runs().get(0).version()).isEmpty();
    }

    @Test
    void job_thatIsDeclaredWithoutARun_hasAVersionOfNoRuns() {
      LineageJob job =
          model(
                  EventJson.job("load", "10:00:00")
                      .input(table("/in"))
                      .output(table("/out", "a:int")))
              .jobs()
              .get(0);
      assertThat(job.versions()).extracting(JobVersion::runs).containsExactly(0L);
      assertThat(job.runs()).isEmpty();
    }

    @Test
    void columnLineage_tellsColumnsAndWholeDatasets() {
      ObjectNode output = table("/out", "a:int");
      column(output, "a", "/in", "x", "DIRECT", "AGGREGATION");
      everyColumn(output, "/in", "key", "INDIRECT", "JOIN");
      LineageModel model =
          model(run("load", "r1", "COMPLETE", "10:00:00").input(table("/in")).output(output));
      DatasetId in = new DatasetId("file", "/in");
      assertThat(model.jobs().get(0).versions().get(0).shape().outputs().get(0).columns())
          .containsExactly(
              new ColumnEdge(
                  "", in, "key", List.of(new Transformation("INDIRECT", "JOIN", "", false))),
              new ColumnEdge(
                  "a", in, "x", List.of(new Transformation("DIRECT", "AGGREGATION", "", false))));
    }

    @Test
    void columnLineage_ofTheFirstFacetVersion_isUnderstood() throws Exception {
      ObjectNode output = table("/out");
      output.set(
          "facets",
          new ObjectMapper()
              .readTree(
                  """
                  {"columnLineage": {"fields": {"a": {
                    "inputFields": [{"namespace": "file", "name": "/in", "field": "x"}],
                    "transformationType": "MASKED", "transformationDescription": "md5"}}}}
                  """));
      LineageModel model = model(run("load", "r1", "COMPLETE", "10:00:00").output(output));
      assertThat(
              model
                  .jobs()
                  .get(0)
                  .versions()
                  .get(0)
                  .shape()
                  .outputs()
                  .get(0)
                  .columns()
                  .get(0)
                  .transformations())
          .containsExactly(new Transformation("DIRECT", "MASKED", "md5", true));
    }

    @Test
    void structFields_arePaths() throws Exception {
      ObjectNode output = table("/out");
      output.set(
          "facets",
          new ObjectMapper()
              .readTree(
                  """
                  {"schema": {"fields": [{"name": "address", "type": "struct",
                    "fields": [{"name": "city", "type": "string"}]}]}}
                  """));
      assertThat(
              model(run("load", "r1", "COMPLETE", "10:00:00").output(output))
                  .datasets()
                  .get(0)
                  .schema())
          .containsExactly(
              new SchemaField("address", "struct"), new SchemaField("address.city", "string"));
    }
  }

  @Nested
  class Datasets {

    @Test
    void schema_isTheLatestThatWasTold() {
      LineageModel model =
          model(
              run("b", "r2", "COMPLETE", "12:00:00").output(table("/t", "a:int", "b:int")),
              run("a", "r1", "COMPLETE", "10:00:00").output(table("/t", "a:int")),
              run("c", "r3", "COMPLETE", "13:00:00").input(table("/t")));
      assertThat(model.datasets().get(0).schema()).hasSize(2);
    }

    @Test
    void symlinks_areAliases() {
      ObjectNode table = table("/warehouse/db/t");
      table
          .withObject("/facets/symlinks")
          .withArray("identifiers")
          .addObject()
          .put("namespace", "hive")
          .put("name", "db.t")
          .put("type", "TABLE");
      LineageModel model = model(run("load", "r1", "COMPLETE", "10:00:00").output(table));
      assertThat(model.datasets().get(0).aliases()).containsExactly("db.t");
    }

    @Test
    void dataset_thatOnlyColumnLineageNames_isListed() {
      ObjectNode output = column(table("/out"), "a", "/cached", "x", "DIRECT", "IDENTITY");
      assertThat(model(run("load", "r1", "COMPLETE", "10:00:00").output(output)).datasets())
          .extracting(dataset -> dataset.id().name())
          .containsExactly("/cached", "/out");
    }

    @Test
    void datasetEvent_tellsTheSchema() {
      LineageModel model = model(EventJson.dataset(table("/t", "a:int"), "10:00:00"));
      assertThat(model.datasets().get(0).schema()).containsExactly(new SchemaField("a", "int"));
      assertThat(model.jobs()).isEmpty();
    }
  }

  @Nested
  class HostileEvents {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "1",
          "[]",
          "null",
          "{}",
          "{\"eventTime\": \"2026-11-20T10:00:00Z\"}",
          "{\"eventTime\": \"yesterday\", \"job\": {\"namespace\": \"n\", \"name\": \"j\"}}",
          "{\"eventTime\": \"2026-11-20T10:00:00Z\", \"job\": \"j\", \"run\": []}"
        })
    void json_thatIsNoEvent_isCountedAndNamed(String json) throws Exception {
      LineageModelBuilder builder = new LineageModelBuilder(ViewLimits.defaults());
      assertThat(builder.add(new ObjectMapper().readTree(json))).isFalse();
      assertThat(builder.build().notices()).containsExactly("1 record is no OpenLineage event.");
    }

    @Test
    void facets_thatAreNotAsTheirSchemaSays_sayNothing() throws Exception {
      LineageModelBuilder builder = new LineageModelBuilder(ViewLimits.defaults());
      builder.add(
          new ObjectMapper()
              .readTree(
                  """
                  {"eventTime": "2026-11-20T10:00:00Z", "eventType": 7,
                   "job": {"namespace": "n", "name": "j", "facets": []},
                   "run": {"runId": "r", "facets": {"parent": "x", "errorMessage": [1]}},
                   "inputs": {"namespace": "a"},
                   "outputs": [{"namespace": "n", "name": "t", "facets":
                     {"schema": {"fields": "none"}, "columnLineage": {"fields": [1, {"a": 2}]},
                      "symlinks": 3}}, 4, null, []]}
                  """));
      LineageModel model = builder.build();
      assertThat(onlyRun(model).status()).isEqualTo(RunStatus.RUNNING);
      assertThat(model.datasets()).extracting(d -> d.id().name()).containsExactly("t");
    }

    @Test
    void names_withControlOrDirectionCharacters_showThem() {
      LineageModel model =
          model(run("load\u001b[2J\u202e", "r1", "START", "10:00:00").input(table("/a\nb")));
      assertThat(model.jobs().get(0).id().name()).isEqualTo("load\\u001b[2J\\u202e");
      assertThat(model.datasets().get(0).id().name()).isEqualTo("/a\\u000ab");
    }

    @Test
    void names_thatAreEndless_areCut() {
      LineageModel model =
          model(run("x".repeat(1_000_000), "r1", "START", "10:00:00").input(table("/a")));
      assertThat(model.jobs().get(0).id().name())
          .hasSizeLessThan(1_100)
          .contains("more characters");
    }
  }

  @Nested
  class Limits {

    @Test
    void runs_overTheLimit_countInTheirVersions() {
      EventJson[] events = new EventJson[50];
      for (int i = 0; i < events.length; i++) {
        events[i] =
            run("load", "r" + i, "COMPLETE", "10:00:" + (10 + i)).output(table("/out", "a:int"));
      }
      LineageModel model = model(new ViewLimits(10, 10, 5, 5, 10, 10), events);
      LineageJob job = model.jobs().get(0);
      assertThat(job.runs())
          .extracting(LineageRun::id)
          .containsExactly("r49", "r48", "r47", "r46", "r45");
      assertThat(job.versions()).extracting(JobVersion::runs).containsExactly(50L);
      assertThat(model.notices())
          .containsExactly(
              "45 older runs are not listed; they count in the versions of their jobs.");
    }

    @Test
    void runs_ofABusyJob_doNotTakeThePlaceOfOthers() {
      List<EventJson> events = new ArrayList<>();
      events.add(run("rare", "r", "COMPLETE", "09:00:00"));
      for (int i = 0; i < 50; i++) {
        events.add(run("busy", "b" + i, "COMPLETE", "10:00:" + (10 + i)));
      }
      LineageModel model =
          model(new ViewLimits(10, 10, 8, 100, 10, 10), events.toArray(EventJson[]::new));
      assertThat(model.jobs()).extracting(job -> job.runs().size()).containsExactly(6, 1);
    }

    @Test
    void versions_overTheLimit_areLeftOutTheOldestFirst() {
      EventJson[] events = new EventJson[20];
      for (int i = 0; i < events.length; i++) {
        events[i] = run("load", "r" + i, "COMPLETE", "10:00:" + (10 + i)).output(table("/out" + i));
      }
      LineageModelBuilder builder = new LineageModelBuilder(new ViewLimits(100, 10, 50, 50, 3, 10));
      for (EventJson event : events) {
        builder.add(event.json());
      }
      LineageModel model = builder.build();
      assertThat(model.jobs().get(0).versions())
          .extracting(version -> version.shape().outputs().get(0).dataset().name())
          .containsExactly("/out17", "/out18", "/out19");
      assertThat(model.notices()).containsExactly("17 older versions of jobs are left out.");
      assertThat(model.jobs().get(0).runs().get(19).version()).isEmpty();
      assertThat(builder.build()).isEqualTo(model);
    }

    @Test
    void nodes_overTheLimit_areNamed() {
      LineageModel model =
          model(
              new ViewLimits(1, 1, 5, 5, 5, 5),
              run("one", "r1", "COMPLETE", "10:00:00").input(table("/a")).output(table("/b")),
              run("two", "r2", "COMPLETE", "10:00:01"));
      assertThat(model.datasets()).hasSize(1);
      assertThat(model.jobs()).hasSize(1);
      assertThat(model.notices())
          .containsExactlyInAnyOrder(
              "There are more than 1 datasets; those that come later in the events are left out.",
              "There are more than 1 jobs; those that come later in the events are left out.");
    }

    @Test
    void columnEdges_overTheLimit_areTakenFromTheOldestVersions() {
      ObjectNode older = column(table("/out"), "a", "/in", "x", "DIRECT", "IDENTITY");
      ObjectNode newer = column(table("/out"), "a", "/in", "y", "DIRECT", "IDENTITY");
      LineageModel model =
          model(
              new ViewLimits(9, 9, 9, 9, 9, 1),
              run("load", "r1", "COMPLETE", "10:00:00").output(older),
              run("load", "r2", "COMPLETE", "11:00:00").output(newer));
      List<JobVersion> versions = model.jobs().get(0).versions();
      assertThat(versions.get(0).shape().outputs().get(0).columns()).isEmpty();
      assertThat(versions.get(1).shape().outputs().get(0).columns()).hasSize(1);
      assertThat(model.notices())
          .containsExactly("There are more than 1 column edges; 1 version of a job has none here.");
    }

    @Test
    void limit_ofZero_isRefused() {
      assertThatThrownBy(() -> new ViewLimits(0, 1, 1, 1, 1, 1))
          .hasMessage("Invalid datasets: 0, must be at least 1");
    }
  }
}
