package io.breakwater.lineage.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openlineage.client.OpenLineage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EncodedEventTest {

  @Test
  void everyKindOfEvent_isReadAsWhatItIs() throws Exception {
    assertThat(EncodedEvent.of(RunEvents.bytes(RunEvents.named("a"))).decoded())
        .isInstanceOf(OpenLineage.RunEvent.class)
        .extracting(RunEvents::json)
        .isEqualTo(RunEvents.json(RunEvents.named("a")));
    assertThat(EncodedEvent.of(RunEvents.bytes(RunEvents.dataset("d"))).decoded())
        .isInstanceOf(OpenLineage.DatasetEvent.class);
    assertThat(EncodedEvent.of(RunEvents.bytes(RunEvents.job("j"))).decoded())
        .isInstanceOf(OpenLineage.JobEvent.class);
  }

  @Test
  void bytesThatAreNoEvent_areRefused() {
    assertThatThrownBy(() -> EncodedEvent.of("{\"a\":1}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessage("Cannot read an event: none of run, dataset and job is in it");
  }

  @Test
  void snapshotIdsOfIcebergsReports_surviveOpenLineagesClasses() throws Exception {
    String report =
        "{\"_producer\":\"urn:p\",\"_schemaURL\":\"urn:s\",\"snapshotId\":3238318917809566151}";
    String json =
        RunEvents.json(RunEvents.named("a"))
            .replace(
                "\"inputs\":[]",
                "\"inputs\":[{\"namespace\":\"n\",\"name\":\"i\",\"inputFacets\":{\"icebergScanReport\":"
                    + report
                    + "}}]")
            .replace(
                "\"outputs\":[]",
                "\"outputs\":[{\"namespace\":\"n\",\"name\":\"o\",\"outputFacets\":{\"icebergCommitReport\":"
                    + report
                    + "}}]");
    String decoded =
        RunEvents.json(EncodedEvent.of(json.getBytes(StandardCharsets.UTF_8)).decoded());
    assertThat(decoded.split("\"snapshotId\":3238318917809566151", -1)).hasSize(3);
    assertThat(decoded.split("\"_schemaURL\":\"urn:s\"", -1)).hasSize(3);
  }
}
