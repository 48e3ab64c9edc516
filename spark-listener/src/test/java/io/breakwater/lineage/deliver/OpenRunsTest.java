package io.breakwater.lineage.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.Events;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenRunsTest {

  private final OpenRuns runs = new OpenRuns();

  @Test
  void runWithoutAStart_getsOneBeforeItsEnd() {
    add("a", "RUNNING", "2026-11-20T01:00:00Z");
    add("b", "START", "2026-11-20T02:00:00Z");
    assertThat(ends(runs))
        .containsExactly(
            "a START 2026-11-20T01:00:00Z",
            "a ABORT 2026-11-20T02:00:00Z",
            "b ABORT 2026-11-20T02:00:00Z");
  }

  @Test
  void endsThatWereMade_endTheRuns() {
    add("a", "RUNNING", "2026-11-20T01:00:00Z");
    runs.ends("driver").forEach(runs::add);
    assertThat(runs.ends("driver")).isEmpty();
  }

  @Test
  void timeOfTheEnd_isTheLatestInWhateverZone() {
    add("a", "START", "2026-11-20T01:00:00+03:00");
    add("b", "START", "2026-11-20T00:30:00Z");
    add("c", "COMPLETE", "2026-11-19T23:59:59Z");
    assertThat(ends(runs))
        .containsExactly("a ABORT 2026-11-20T00:30:00Z", "b ABORT 2026-11-20T00:30:00Z");
  }

  @Test
  void lateEventOfARunThatHasEnded_doesNotOpenItAgain() {
    add("a", "START", "2026-11-20T01:00:00Z");
    add("a", "COMPLETE", "2026-11-20T01:00:01Z");
    add("a", "RUNNING", "2026-11-20T01:00:02Z");
    assertThat(runs.ends("driver")).isEmpty();
  }

  @Test
  void whatIsNoRunEvent_isPassedBy() {
    runs.add("{".getBytes(UTF_8));
    runs.add("{\"eventTime\":\"2026-11-20T01:00:00Z\",\"dataset\":{}}".getBytes(UTF_8));
    assertThat(runs.ends("driver")).isEmpty();
  }

  @Test
  void bytes_restoreEverything() {
    add("a", "START", "2026-11-20T01:00:00Z");
    add("b", "COMPLETE", "2026-11-20T01:00:01Z");
    OpenRuns restored = new OpenRuns();
    restored.restore(runs.bytes());
    restored.add(json("b", "RUNNING", "2026-11-20T01:00:02Z"));
    runs.add(json("b", "RUNNING", "2026-11-20T01:00:02Z"));
    assertThat(ends(restored))
        .isEqualTo(ends(runs))
        .containsExactly("a ABORT 2026-11-20T01:00:02Z");
  }

  @Test
  void runsBeyondTheBound_areForgottenOldestFirst() {
    for (int i = 0; i <= OpenRuns.MAX_OPEN; i++) {
      add("run" + i, "START", "2026-11-20T01:00:00Z");
    }
    assertThat(ends(runs))
        .hasSize(OpenRuns.MAX_OPEN)
        .doesNotContain("run0 ABORT 2026-11-20T01:00:00Z");
  }

  private void add(String run, String type, String time) {
    runs.add(json(run, type, time));
  }

  private static byte[] json(String run, String type, String time) {
    return """
        {"eventTime":"%s","eventType":"%s","producer":"urn:test","schemaURL":"urn:schema",
         "run":{"runId":"%s","facets":{}},"job":{"namespace":"n","name":"j"}}"""
        .formatted(time, type, run)
        .getBytes(UTF_8);
  }

  private static List<String> ends(OpenRuns runs) {
    return runs.ends("driver").stream()
        .map(event -> Events.parse(new String(event, UTF_8)))
        .map(
            event ->
                String.join(
                    " ",
                    event.at("/run/runId").asText(),
                    event.at("/eventType").asText(),
                    event.at("/eventTime").asText()))
        .toList();
  }
}
