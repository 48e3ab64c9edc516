package io.breakwater.lineage.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.lineage.HttpBackend;
import io.openlineage.client.OpenLineageClientException;
import io.openlineage.client.transports.CompositeConfig;
import io.openlineage.client.transports.FileConfig;
import io.openlineage.client.transports.HttpConfig;
import io.openlineage.client.transports.TransportConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenLineage's own transports, made to tell the truth about failures. */
class TransportDelegateTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 413, 415, 422})
  void statusThatJudgesTheEvent_isARefusal(int status) throws Exception {
    try (HttpBackend backend = HttpBackend.answering(status);
        Delegate delegate = TransportDelegate.of(http(backend.url()))) {
      assertThatThrownBy(() -> delegate.deliver(RunEvents.encoded(RunEvents.named("a"))))
          .isInstanceOf(EventRefusedException.class)
          .hasMessageStartingWith("code: " + status);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 408, 429, 500, 502, 503, 504})
  void statusThatMayPass_isAFailureToTryAgain(int status) throws Exception {
    try (HttpBackend backend = HttpBackend.answering(status);
        Delegate delegate = TransportDelegate.of(http(backend.url()))) {
      assertThatThrownBy(() -> delegate.deliver(RunEvents.encoded(RunEvents.named("a"))))
          .isInstanceOf(OpenLineageClientException.class)
          .hasMessageStartingWith("code: " + status);
    }
  }

  @Test
  void refusedConnection_isAFailureToTryAgain() throws Exception {
    try (Delegate delegate =
        TransportDelegate.of(http(HttpBackend.url(HttpBackend.closedPort())))) {
      assertThatThrownBy(() -> delegate.deliver(RunEvents.encoded(RunEvents.named("a"))))
          .isInstanceOf(OpenLineageClientException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void fileThatCannotBeWritten_isAFailureAlthoughTheTransportKeepsIt() throws Exception {
    Path taken = Files.createDirectory(directory.resolve("events"));
    try (Delegate delegate = TransportDelegate.of(new FileConfig(taken.toString()))) {
      assertThatThrownBy(() -> delegate.deliver(RunEvents.encoded(RunEvents.named("a"))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("it grew by 0");
    }
  }

  @Test
  void fileWithoutADirectory_isRefusedWithTheKey() {
    assertThatThrownBy(() -> TransportDelegate.of(new FileConfig("events.json")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "Invalid spark.openlineage.transport.location: events.json, must have a directory");
  }

  @Test
  void file_getsOneLinePerEvent() throws Exception {
    Path file = directory.resolve("new").resolve("events");
    try (Delegate delegate = TransportDelegate.of(new FileConfig(file.toString()))) {
      delegate.deliver(RunEvents.encoded(RunEvents.named("a")));
      delegate.deliver(RunEvents.encoded(RunEvents.dataset("d")));
      delegate.deliver(RunEvents.encoded(RunEvents.job("j")));
    }
    assertThat(Files.readAllLines(file))
        .containsExactly(
            RunEvents.json(RunEvents.named("a")),
            RunEvents.json(RunEvents.dataset("d")),
            RunEvents.json(RunEvents.job("j")));
  }

  @Test
  void composite_triesAgainOnlyWhereItFailed() throws Exception {
    Path file = directory.resolve("events");
    int port = HttpBackend.closedPort();
    TransportConfig composite =
        CompositeConfig.createFromTransportConfigs(
            List.of(http(HttpBackend.url(port)), new FileConfig(file.toString())), true, true);
    try (Delegate delegate = TransportDelegate.of(composite)) {
      var event = RunEvents.encoded(RunEvents.named("a"));
      assertThatThrownBy(() -> delegate.deliver(event))
          .isInstanceOf(OpenLineageClientException.class);
      assertThat(Files.readAllLines(file)).hasSize(1);
      try (HttpBackend backend = HttpBackend.answering(port, 200)) {
        delegate.deliver(event);
        assertThat(backend.accepted()).hasSize(1);
      }
      assertThat(Files.readAllLines(file)).hasSize(1);
    }
  }

  @Test
  void compositeThatStopsAtAFailure_doesNotGoOn() throws Exception {
    Path file = directory.resolve("events");
    TransportConfig composite =
        CompositeConfig.createFromTransportConfigs(
            List.of(
                http(HttpBackend.url(HttpBackend.closedPort())), new FileConfig(file.toString())),
            false,
            false);
    try (Delegate delegate = TransportDelegate.of(composite)) {
      assertThatThrownBy(() -> delegate.deliver(RunEvents.encoded(RunEvents.named("a"))))
          .isInstanceOf(OpenLineageClientException.class);
      assertThat(file).doesNotExist();
    }
  }

  private static HttpConfig http(String url) {
    HttpConfig config = new HttpConfig();
    config.setUrl(URI.create(url));
    return config;
  }
}
