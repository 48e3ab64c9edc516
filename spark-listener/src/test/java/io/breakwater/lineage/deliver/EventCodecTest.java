package io.breakwater.lineage.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openlineage.client.OpenLineage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventCodecTest {

  @Test
  void everyKindOfEvent_isReadAsWhatItIs() throws IOException {
    assertThat(EventCodec.decode(RunEvents.bytes(RunEvents.named("a"))))
        .isInstanceOf(OpenLineage.RunEvent.class)
        .extracting(RunEvents::json)
        .isEqualTo(RunEvents.json(RunEvents.named("a")));
    assertThat(EventCodec.decode(RunEvents.bytes(RunEvents.dataset("d"))))
        .isInstanceOf(OpenLineage.DatasetEvent.class);
    assertThat(EventCodec.decode(RunEvents.bytes(RunEvents.job("j"))))
        .isInstanceOf(OpenLineage.JobEvent.class);
  }

  @Test
  void bytesThatAreNoEvent_areRefused() {
    assertThatThrownBy(() -> EventCodec.decode("{\"a\":1}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessage("Cannot read an event: none of run, dataset and job is in it");
  }
}
