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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies on a real Hadoop file system that has the faults of an object store, of drivers whose
 * backend does not take everything.
 */
class ArchiverTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofMillis(40);
  private static final DeliveryOptions FAST =
      new DeliveryOptions(Duration.ofMillis(1), Duration.ofMillis(5), true);

  @TempDir private Path directory;
  private Path machine;
  private URI root;
  private final List<LineagePipeline> open = new ArrayList<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private volatile IntPredicate takes = number -> false;
  private Archiver archiver;

  @BeforeEach
  void mend() {
    FaultyFileSystem.become(FaultyFileSystem.Fault.NONE);
    FaultyFileSystem.resetCalls();
    machine = directory.resolve("machine");
    root = URI.create("faulty://" + directory.resolve("archive"));
  }

  @AfterEach
  void stopAll() throws Exception {
    FaultyFileSystem.become(FaultyFileSystem.Fault.NONE);
    for (LineagePipeline pipeline : open) {
      pipeline.stop(Duration.ZERO);
    }
    PipelineThreads.awaitEnd();
  }

  @Test
  void eventsThatWait_areCopiedAndSentFromTheCopyWhenTheDriverHasEnded() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 100);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    emit(pipeline, 100, 200);
    await().atMost(LONG).until(() -> archiver.copied() == 2);
    pipeline.stop(LONG);
    assertThat(archiver.copied()).as("not copied twice").isEqualTo(2);

    ArchiveReplay replay = replay();
    assertThat(taken).isEqualTo(names(0, 200));
    assertThat(replay.delivered()).isEqualTo(200);
    assertThat(replay.waiting()).isZero();
    assertThat(replay.damages()).isZero();
    assertThat(archive().drivers()).isEmpty();
  }

  @Test
  void eventsOfTheLastMoment_areCopiedBeforeTheEnd() throws Exception {
    LineagePipeline pipeline = drive(Duration.ofHours(1));
    emit(pipeline, 0, 10);
    pipeline.stop(LONG);
    assertThat(archiver.copied()).isEqualTo(1);
    replay();
    assertThat(taken).isEqualTo(names(0, 10));
  }

  @Test
  void driverThatLives_isNotReplayed() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archive().drivers().size() == 1);
    await().atMost(LONG).until(() -> archive().isAlive(pipeline.name()));
    ArchiveReplay replay = new ArchiveReplay(archive());
    replay.send(this::delegate, LONG);
    assertThat(replay.delivered() + replay.failures()).isZero();
    assertThat(replay.status())
        .singleElement()
        .satisfies(status -> assertThat(status.owned()).isTrue());
  }

  @Test
  void deliveredEvents_areDeletedFromTheArchive() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    takes = number -> true;
    await().atMost(LONG).until(() -> archive().drivers().isEmpty());
    pipeline.stop(LONG);
    assertThat(taken).isEqualTo(names(0, 10));
    assertThat(replay().delivered()).isZero();
  }

  @Test
  void eventsThatWereSentBeforeTheEnd_areNotReplayed() throws Exception {
    takes = number -> number < 7;
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    pipeline.stop(LONG);
    assertThat(replay().delivered()).isEqualTo(3);
    assertThat(taken).isEqualTo(names(0, 10));
  }

  @Test
  void nextDriverOnTheMachine_deletesTheCopiesOfWhatItSends() throws Exception {
    LineagePipeline first = drive();
    emit(first, 0, 10);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    first.stop(LONG);

    takes = number -> true;
    drive();
    await().atMost(LONG).until(() -> taken.size() == 10);
    await().atMost(LONG).until(() -> archive().drivers().isEmpty());
    assertThat(replay().delivered()).isZero();
  }

  @Test
  void replayThatFails_goesOnWhereItWas() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    pipeline.stop(LONG);
    takes = number -> number < 4;
    ArchiveReplay failed = new ArchiveReplay(archive());
    failed.send(this::delegate, Duration.ofMillis(200));
    assertThat(failed.delivered()).isEqualTo(4);
    assertThat(failed.waiting()).isEqualTo(6);
    assertThat(new ArchiveReplay(archive()).status())
        .singleElement()
        .satisfies(status -> assertThat(status.waiting()).isEqualTo(6));

    assertThat(replay().delivered()).isEqualTo(6);
    assertThat(taken).isEqualTo(names(0, 10));
    assertThat(archive().drivers()).isEmpty();
  }

  @Test
  void backendThatTakesEverything_costsNoCallOfTheFileSystem() throws Exception {
    takes = number -> true;
    LineagePipeline pipeline = drive(Duration.ofSeconds(2));
    emit(pipeline, 0, 200);
    await().atMost(LONG).until(() -> taken.size() == 200);
    pipeline.stop(LONG);
    assertThat(FaultyFileSystem.calls()).isZero();
  }

  @Test
  void fileSystemThatHangs_holdsUpNeitherTheDeliveryNorTheStop() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    FaultyFileSystem.become(FaultyFileSystem.Fault.HANGS);
    await().atMost(LONG).until(() -> FaultyFileSystem.calls() > 0);
    takes = number -> true;
    await().atMost(LONG).until(() -> taken.size() == 10);
    takes = number -> false;
    emit(pipeline, 10, 20);
    pipeline.stop(Duration.ofMillis(200));
    assertThat(pipeline.counts().waiting()).isEqualTo(10);

    takes = number -> true;
    FaultyFileSystem.become(FaultyFileSystem.Fault.NONE);
    drive();
    await().atMost(LONG).until(() -> taken.size() == 20);
    assertThat(taken).isEqualTo(names(0, 20));
  }

  @Test
  void missingCredentials_areCountedAndTheCopyIsMadeWhenTheyAreThere() throws Exception {
    FaultyFileSystem.become(FaultyFileSystem.Fault.NO_CREDENTIALS);
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archiver.failures() > 2);
    assertThat(archiver.copied()).isZero();
    FaultyFileSystem.become(FaultyFileSystem.Fault.NONE);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    pipeline.stop(LONG);
    assertThat(replay().delivered()).isEqualTo(10);
  }

  @Test
  void copyThatBreaksOff_isNotThereUntilItIsWhole() throws Exception {
    FaultyFileSystem.become(FaultyFileSystem.Fault.TORN_WRITES);
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    await().atMost(LONG).until(() -> archiver.failures() > 2);
    assertThat(archive().segments(pipeline.name())).isEmpty();
    FaultyFileSystem.become(FaultyFileSystem.Fault.NONE);
    await().atMost(LONG).until(() -> archiver.copied() == 1);
    pipeline.stop(LONG);
    ArchiveReplay replay = replay();
    assertThat(replay.delivered()).isEqualTo(10);
    assertThat(replay.damages()).isZero();
    assertThat(archive().drivers()).isEmpty();
  }

  @Test
  void copyThatLostItsEnd_isReportedAndTheRestSent() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    pipeline.stop(LONG);
    Path copy = copies().get(0);
    byte[] bytes = Files.readAllBytes(copy);
    Files.write(copy, java.util.Arrays.copyOf(bytes, bytes.length - 3));
    assertThat(new ArchiveReplay(archive()).status())
        .singleElement()
        .satisfies(
            status ->
                assertThat(status.damages().get(0).describe())
                    .contains((bytes.length - 3) + " bytes with checksum", "must be 0000"));
    ArchiveReplay replay = replay();
    assertThat(replay.damages()).isEqualTo(1);
    assertThat(taken).isEqualTo(names(0, 9));
  }

  @Test
  void tornState_isADriverThatMayLive() throws Exception {
    LineagePipeline pipeline = drive();
    emit(pipeline, 0, 10);
    pipeline.stop(LONG);
    Path driver = copies().get(0).getParent();
    List<Path> states;
    try (Stream<Path> files = Files.list(driver)) {
      states = files.filter(f -> f.getFileName().toString().startsWith("state-")).toList();
    }
    assertThat(states).hasSize(1);
    Files.write(states.get(0), new byte[] {1, 2, 3});
    assertThat(archive().isAlive(pipeline.name())).isTrue();
    try (Stream<Path> files = Files.list(driver)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      }
    }
    assertThat(replay().delivered()).isEqualTo(10);
  }

  private LineagePipeline drive() throws IOException {
    return drive(INTERVAL);
  }

  private LineagePipeline drive(Duration interval) throws IOException {
    archiver = new Archiver(this::archive, new ArchiveOptions(Optional.of(root), interval));
    LineagePipeline pipeline =
        LineagePipeline.open(machine, SpoolOptions.defaults(), FAST, this::delegate, archiver);
    open.add(pipeline);
    return pipeline;
  }

  private Archive archive() throws IOException {
    return Archive.open(root, FaultyFileSystem.configuration());
  }

  private ArchiveReplay replay() throws Exception {
    takes = number -> true;
    ArchiveReplay replay = new ArchiveReplay(archive());
    replay.send(this::delegate, LONG);
    return replay;
  }

  private Delegate delegate() {
    return new Delegate() {
      @Override
      public void deliver(EncodedEvent event) throws Exception {
        String name = ((OpenLineage.RunEvent) event.decoded()).getJob().getName();
        if (!takes.test(Integer.parseInt(name))) {
          throw new IOException("down");
        }
        taken.add(name);
      }

      @Override
      public void close() {}
    };
  }

  private List<Path> copies() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("archive"))) {
      return files.filter(file -> file.toString().endsWith(".segment")).sorted().toList();
    }
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
