package io.breakwater.lineage.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path root;
  private final List<Damage> damages = new ArrayList<>();

  @Test
  void backlog_showsRecordsInTheOrderOfTheirAppend() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      append(spool, 0, 500);
      assertThat(drain(spool.backlog())).isEqualTo(names(0, 500));
      assertThat(spool.counters().spooled()).isEqualTo(500);
      assertThat(spool.counters().dropped()).isZero();
    }
  }

  @Test
  void deliveredSegments_areDeleted() throws Exception {
    try (Spool spool = open(new SpoolOptions(1L << 30, 1 << 10, 1 << 20, LONG))) {
      for (int i = 0; i < 20; i++) {
        append(spool, i * 10, i * 10 + 10);
      }
      assertThat(segments()).hasSizeGreaterThan(3);
      drain(spool.backlog());
      assertThat(segments()).hasSize(1);
    }
    assertThat(SpoolDirectory.list(root)).isEmpty();
  }

  @Test
  void recordsThatWereNotDelivered_areThereForTheNextOwner() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      append(spool, 0, 10);
      for (int i = 0; i < 4; i++) {
        spool.backlog().delivered(spool.backlog().next().orElseThrow());
      }
    }
    try (Backlog orphan = adopt()) {
      assertThat(drain(orphan)).isEqualTo(names(4, 10));
    }
    assertThat(SpoolDirectory.list(root)).isEmpty();
    assertThat(damages).isEmpty();
  }

  @Test
  void directoryOfALivingOwner_cannotBeClaimed() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      append(spool, 0, 1);
      assertThat(SpoolDirectory.claim(SpoolDirectory.list(root).get(0))).isEmpty();
      assertThat(SpoolStatus.list(root))
          .singleElement()
          .satisfies(
              status -> {
                assertThat(status.owned()).isTrue();
                assertThat(status.waiting()).isEqualTo(1);
              });
      assertThat(SpoolDirectory.claim(SpoolDirectory.list(root).get(0))).isEmpty();
    }
  }

  @Test
  void directoryOfADriverKilledBeforeItHadALock_isDeleted() throws Exception {
    Path leftover = Files.createDirectory(root.resolve("driver-20260101T000000Z-1-00000000"));
    Path foreign = Files.createDirectory(root.resolve("driver-20260101T000000Z-2-00000000"));
    Path file = Files.createFile(foreign.resolve("file"));
    Path nearly = Files.createDirectory(root.resolve("driver-20260101T000000Z-3-00000000"));
    Files.createFile(nearly.resolve("owner.lock.new"));
    assertThat(SpoolDirectory.claim(leftover)).isEmpty();
    assertThat(SpoolDirectory.claim(nearly)).isEmpty();
    assertThat(SpoolDirectory.claim(foreign)).isEmpty();
    assertThat(leftover).doesNotExist();
    assertThat(nearly).doesNotExist();
    assertThat(file).exists();
  }

  @Test
  void tornTail_isCutAndEverythingBeforeItKept() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      append(spool, 0, 10);
    }
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - 3));

    try (Backlog orphan = adopt()) {
      assertThat(damages)
          .singleElement()
          .satisfies(
              damage -> {
                assertThat(damage.tornTail()).isTrue();
                assertThat(damage.file()).isEqualTo(segment);
                assertThat(damage.cause()).endsWith("ends 3 bytes behind the file");
                assertThat(Files.size(segment)).isEqualTo(damage.offset());
              });
      assertThat(drain(orphan)).isEqualTo(names(0, 9));
    }
  }

  @Test
  void damageInTheMiddle_isReportedAndTheRestSaved() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      append(spool, 0, 10);
    }
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    int record = SegmentFormat.recordBytes("event-00000".length());
    int offset = SegmentFormat.HEADER_BYTES + 3 * record;
    bytes[offset + 5] ^= 1;
    Files.write(segment, bytes);

    try (Backlog orphan = adopt()) {
      List<String> expected = new ArrayList<>(names(0, 10));
      expected.remove(3);
      assertThat(drain(orphan)).isEqualTo(expected);
    }
    assertThat(damages)
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.describe())
                  .startsWith("Cannot read " + record + " bytes at " + segment + ":" + offset);
              assertThat(damage.tornTail()).isFalse();
            });
  }

  @Test
  void fullDisk_dropsNewRecordsAndCountsThem() throws Exception {
    try (Spool spool = open(new SpoolOptions(1000, 1 << 20, 1 << 20, LONG))) {
      int taken = 0;
      for (int i = 0; i < 100; i++) {
        taken += spool.append(name(i).getBytes(UTF_8)) ? 1 : 0;
      }
      assertThat(spool.flush(LONG)).isTrue();
      assertThat(taken).isBetween(1, 99);
      assertThat(spool.counters().spooled()).isEqualTo(taken);
      assertThat(spool.counters().dropped(DropReason.QUOTA)).isEqualTo(100 - taken);

      drain(spool.backlog());
    }
    try (Spool spool = open(new SpoolOptions(1000, 1 << 20, 1 << 20, LONG))) {
      assertThat(spool.append(name(0).getBytes(UTF_8))).isTrue();
    }
  }

  @Test
  void recordThatIsTooLarge_isDroppedAndCounted() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      assertThat(spool.append(new byte[0])).isFalse();
      assertThat(spool.counters().dropped(DropReason.TOO_LARGE)).isEqualTo(1);
    }
  }

  @Test
  void closedSpool_dropsAndCounts() throws Exception {
    Spool spool = open(SpoolOptions.defaults());
    spool.close();
    assertThat(spool.append(name(0).getBytes(UTF_8))).isFalse();
    assertThat(spool.counters().dropped(DropReason.CLOSED)).isEqualTo(1);
  }

  @Test
  void diskThatRefusesWrites_isCountedAndTheSpoolGoesOn() throws Exception {
    try (Spool spool = open(SpoolOptions.defaults())) {
      Path directory = SpoolDirectory.list(root).get(0);
      Path blocker = SpoolDirectory.segmentFile(directory, 1);
      Path second = SpoolDirectory.segmentFile(directory, 2);
      Files.createDirectory(blocker);
      Files.createDirectory(second);
      spool.append(name(0).getBytes(UTF_8));
      assertThat(spool.flush(LONG)).isTrue();
      assertThat(spool.counters().dropped(DropReason.WRITE_FAILED)).isEqualTo(1);
      Files.delete(blocker);
      Files.delete(second);

      append(spool, 1, 3);
      assertThat(drain(spool.backlog())).isEqualTo(names(1, 3));
    }
  }

  private Spool open(SpoolOptions options) throws IOException {
    return Spool.open(root, options, damages::add);
  }

  private Backlog adopt() throws IOException {
    return Backlog.recover(
        SpoolDirectory.claim(SpoolDirectory.list(root).get(0)).orElseThrow(), damages::add);
  }

  private static void append(Spool spool, int from, int to) throws InterruptedException {
    for (int i = from; i < to; i++) {
      assertThat(spool.append(name(i).getBytes(UTF_8))).isTrue();
    }
    assertThat(spool.flush(LONG)).isTrue();
  }

  private static List<String> drain(Backlog backlog) throws IOException {
    List<String> seen = new ArrayList<>();
    Optional<SpooledRecord> record = backlog.next();
    while (record.isPresent()) {
      seen.add(new String(record.get().payload(), UTF_8));
      backlog.delivered(record.get());
      record = backlog.next();
    }
    return seen;
  }

  private List<Path> segments() throws IOException {
    Path directory = SpoolDirectory.list(root).get(0);
    return SpoolDirectory.segments(directory).stream()
        .map(segment -> SpoolDirectory.segmentFile(directory, segment))
        .toList();
  }

  private static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj(SpoolTest::name).toList();
  }

  private static String name(int i) {
    return String.format("event-%05d", i);
  }
}
