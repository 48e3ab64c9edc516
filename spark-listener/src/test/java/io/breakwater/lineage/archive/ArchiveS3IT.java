package io.breakwater.lineage.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.breakwater.lineage.deliver.Delegate;
import io.breakwater.lineage.deliver.DeliveryOptions;
import io.breakwater.lineage.deliver.EncodedEvent;
import io.breakwater.lineage.deliver.LineagePipeline;
import io.breakwater.lineage.deliver.PipelineThreads;
import io.breakwater.lineage.deliver.RunEvents;
import io.breakwater.lineage.spool.SpoolOptions;
import io.openlineage.client.OpenLineage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Copies in S3: Hadoop's S3A, over HTTP, to a server that checks signatures. */
class ArchiveS3IT {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration INTERVAL = Duration.ofMillis(200);

  @TempDir private static Path servers;
  private static S3Server s3;

  @TempDir private Path machine;
  private final List<LineagePipeline> open = new ArrayList<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private volatile boolean up;
  private URI root;
  private Configuration configuration;
  private Archiver archiver;

  @BeforeAll
  static void startServer() throws IOException {
    s3 = S3Server.start(servers);
  }

  @AfterAll
  static void stopServer() {
    s3.close();
  }

  @BeforeEach
  void chooseAPath(TestInfo test) {
    root = s3.path(test.getTestMethod().orElseThrow().getName());
    configuration = s3.configuration();
  }

  @AfterEach
  void stopAll() throws Exception {
    for (LineagePipeline pipeline : open) {
      pipeline.stop(Duration.ZERO);
    }
    PipelineThreads.awaitEnd();
  }

  @Test
  void copies_areObjectsWithTheBytesOfTheSegmentsAndAreReplayedInOrder() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 500);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    emit(pipeline, 500, 1000);
    await().atMost(LONG).until(() -> archiver.copied() == 2);
    pipeline.stop(LONG);
    assertThat(segments()).hasSize(2);
    assertThat(s3.objects()).noneMatch(object -> object.contains("/tmp-"));

    assertThat(replay().delivered()).isEqualTo(1000);
    assertThat(taken).isEqualTo(names(0, 1000));
    assertThat(segments()).isEmpty();
    assertThat(replay().delivered()).isZero();
  }

  @Test
  void deliveredEvents_areDeletedFromTheBucket() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    up = true;
    await().atMost(LONG).until(() -> segments().isEmpty());
    pipeline.stop(LONG);
    assertThat(taken).isEqualTo(names(0, 10));
  }

  @Test
  void driverThatLives_isNotReplayed() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archive().isAlive(pipeline.name()));
    ArchiveReplay replay = new ArchiveReplay(archive());
    replay.send(this::delegate, LONG);
    assertThat(replay.delivered() + replay.failures()).isZero();
    assertThat(replay.status()).singleElement().satisfies(s -> assertThat(s.owned()).isTrue());
  }

  @Test
  void keysThatTheServerRefuses_areCountedAndNothingIsLost() throws Exception {
    configuration = s3.configuration("not the secret");
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archiver.failures() > 0);
    assertThat(archiver.copied()).isZero();
    up = true;
    await().atMost(LONG).until(() -> taken.size() == 10);
    pipeline.stop(LONG);
    assertThat(taken).isEqualTo(names(0, 10));
  }

  private LineagePipeline drive() throws IOException {
    archiver = new Archiver(this::archive, new ArchiveOptions(Optional.of(root), INTERVAL));
    LineagePipeline pipeline =
        LineagePipeline.open(
            machine,
            SpoolOptions.defaults(),
            new DeliveryOptions(Duration.ofMillis(1), Duration.ofMillis(5), true),
            this::delegate,
            archiver);
    open.add(pipeline);
    return pipeline;
  }

  private Archive archive() throws IOException {
    return Archive.open(root, configuration);
  }

  private List<String> segments() throws IOException {
    String prefix = root.getPath().substring(1) + "/";
    return s3.objects().stream()
        .filter(object -> object.startsWith(prefix) && object.endsWith(".segment"))
        .toList();
  }

  private ArchiveReplay replay() throws Exception {
    up = true;
    ArchiveReplay replay = new ArchiveReplay(archive());
    replay.send(this::delegate, LONG);
    return replay;
  }

  private Delegate delegate() {
    return new Delegate() {
      @Override
      public void deliver(EncodedEvent event) throws Exception {
        if (!up) {
          throw new IOException("down");
        }
        taken.add(((OpenLineage.RunEvent) event.decoded()).getJob().getName());
      }

      @Override
      public void close() {}
    };
  }

  private static void emit(LineagePipeline pipeline, int from, int to) {
    for (int i = from; i < to; i++) {
      pipeline.append(RunEvents.bytes(RunEvents.named(String.valueOf(i))));
    }
  }

  private static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toList();
  }
}
