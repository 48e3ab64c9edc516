package io.breakwater.wal.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteredWorkspaceTest {

  @TempDir private Path directory;

  private final Map<LogMetric, Long> sums = new ConcurrentHashMap<>();
  private final LogEvents events = (metric, value) -> sums.merge(metric, value, Long::sum);
  private Workspace workspace;

  @BeforeEach
  void open() throws Exception {
    workspace = new MeteredWorkspace(engine(events), events);
  }

  @AfterEach
  void close() throws Exception {
    workspace.close();
  }

  private EmbeddedWorkspace engine(LogEvents told) throws Exception {
    return EmbeddedWorkspace.open(directory, "prod", new EmbeddedOptions(true, 1 << 20), told);
  }

  private static ByteBuffer bytes(String text) {
    return UTF_8.encode(text);
  }

  private long sum(LogMetric metric) {
    return sums.getOrDefault(metric, 0L);
  }

  @Test
  void appends_areCountedWhenTheyAreDurable() throws Exception {
    try (LogAppender log = workspace.create("/a")) {
      log.append(bytes("12345")).get();
      log.append(bytes("678")).get();
      assertThat(sum(LogMetric.OPEN_LOGS)).isEqualTo(1);
      assertThat(sum(LogMetric.APPENDS)).isEqualTo(2);
      assertThat(sum(LogMetric.APPENDED_BYTES)).isEqualTo(8);
      assertThat(sum(LogMetric.GROUP_APPENDS)).isEqualTo(2);
    }
    assertThat(sum(LogMetric.OPEN_LOGS)).isZero();
    assertThat(sum(LogMetric.PENDING_BYTES)).isZero();
    assertThat(sum(LogMetric.PENDING_APPENDS)).isZero();
    assertThat(sum(LogMetric.FAILED_APPENDS)).isZero();
  }

  @Test
  void appendsToALogThatWasRecovered_countAsFenced() throws Exception {
    LogAppender log = workspace.create("/a");
    log.append(bytes("1")).get();
    assertThat(sum(LogMetric.FENCED_LOGS)).isZero();
    // Through another object, as another process would.
    try (Workspace other = engine(LogEvents.NONE)) {
      other.recover("/a");
    }
    assertThatThrownBy(() -> log.append(bytes("2")).get())
        .hasCauseInstanceOf(LogFencedException.class);
    assertThatThrownBy(() -> log.append(bytes("3")).get())
        .hasCauseInstanceOf(LogFencedException.class);
    assertThat(sum(LogMetric.FENCED_APPENDS)).isEqualTo(2);
    assertThat(sum(LogMetric.FENCED_LOGS)).isEqualTo(1);
    assertThat(sum(LogMetric.FAILED_APPENDS)).isZero();
    assertThat(sum(LogMetric.PENDING_BYTES)).isZero();
    assertThat(sum(LogMetric.APPENDS)).isEqualTo(1);
    log.close();
  }

  @Test
  void recoveriesAndReads_areCounted() throws Exception {
    try (LogAppender log = workspace.create("/a")) {
      log.append(bytes("12345")).get();
    }
    workspace.recover("/a");
    workspace.recover("/a");
    assertThat(sum(LogMetric.RECOVERIES)).as("of a log that was sealed already").isZero();
    workspace.create("/b").append(bytes("1")).get();
    workspace.recover("/b");
    workspace.recover("/b");
    try (LogReader reader = workspace.open("/a")) {
      reader.read(0, ByteBuffer.allocate(100));
      reader.read(5, ByteBuffer.allocate(100));
    }
    assertThat(sum(LogMetric.RECOVERIES)).isEqualTo(1);
    assertThat(sum(LogMetric.READ_BYTES)).isEqualTo(5);
  }

  @Test
  void takeover_countsTheLogsThatItFences() throws Exception {
    workspace.own("a", false);
    workspace.create("/a").append(bytes("1")).get();
    workspace.create("/b").append(bytes("2")).get();
    workspace.create("/sealed").close();
    workspace.own("b", true);
    assertThat(sum(LogMetric.RECOVERIES)).isEqualTo(2);
  }

  @Test
  void append_isCountedBeforeItsCallerGoesOn_soThatTheCallersTimeIsNotTheLogs() throws Exception {
    CompletableFuture<Long> acknowledgement = new CompletableFuture<>();
    LogAppender log = new MeteredWorkspace(acknowledgedBy(acknowledgement), events).create("/a");
    CompletableFuture<Long> known =
        log.append(bytes("12345")).thenApply(end -> sum(LogMetric.APPENDED_BYTES));
    assertThat(sum(LogMetric.PENDING_BYTES)).isEqualTo(5);
    acknowledgement.complete(5L);
    assertThat(known.get()).isEqualTo(5);
  }

  /** Not a real engine: its one log waits for the test to acknowledge. */
  private static Workspace acknowledgedBy(CompletableFuture<Long> acknowledgement) {
    ClassLoader loader = Workspace.class.getClassLoader();
    Object log =
        Proxy.newProxyInstance(
            loader,
            new Class<?>[] {LogAppender.class},
            (proxy, method, arguments) -> acknowledgement);
    return (Workspace)
        Proxy.newProxyInstance(
            loader, new Class<?>[] {Workspace.class}, (proxy, method, arguments) -> log);
  }

  @Test
  void ownersEpoch_isTheLastOne() throws Exception {
    workspace.own("a", false);
    workspace.own("b", true);
    assertThat(sum(LogMetric.OWNER_EPOCH)).isEqualTo(2);
  }
}
