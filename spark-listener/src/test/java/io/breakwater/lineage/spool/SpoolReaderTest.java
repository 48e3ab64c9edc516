package io.breakwater.lineage.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolReaderTest {

  @TempDir private Path root;

  private final List<Damage> damages = new ArrayList<>();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private SegmentWriter segment(SpoolDirectory directory, long number, String... payloads)
      throws IOException {
    SegmentWriter writer = new SegmentWriter(directory, number);
    append(writer, payloads);
    return writer;
  }

  private static void append(SegmentWriter writer, String... payloads) throws IOException {
    writer.append(Stream.of(payloads).map(SpoolReaderTest::bytes).toList());
  }

  private static List<String> poll(SpoolReader reader) throws IOException {
    List<String> seen = new ArrayList<>();
    reader.poll(payload -> seen.add(new String(payload, StandardCharsets.UTF_8)));
    return seen;
  }

  @Test
  void records_ofALivingDriver_areSeenOnceEach() throws IOException {
    SpoolReader reader = new SpoolReader(root, damages::add);
    assertThat(poll(reader)).isEmpty();
    try (SpoolDirectory directory = SpoolDirectory.create(root);
        SegmentWriter first = segment(directory, 1, "a", "b")) {
      assertThat(poll(reader)).containsExactly("a", "b");
      assertThat(poll(reader)).isEmpty();
      append(first, "c");
      try (SegmentWriter second = segment(directory, 2, "d")) {
        assertThat(poll(reader)).containsExactly("c", "d");
        append(second, "e");
        assertThat(poll(reader)).containsExactly("e");
      }
    }
    assertThat(damages).isEmpty();
  }

  @Test
  void spool_staysAsItIs() throws IOException {
    try (SpoolDirectory directory = SpoolDirectory.create(root);
        SegmentWriter writer = segment(directory, 1, "a", "b")) {
      assertThat(writer.end().segment()).isEqualTo(1);
      Map<String, String> before = contents();
      assertThat(poll(new SpoolReader(root, damages::add))).containsExactly("a", "b");
      assertThat(contents()).isEqualTo(before);
      assertThat(SpoolStatus.list(root)).singleElement().matches(SpoolStatus::owned);
    }
    try (SpoolDirectory orphan =
        SpoolDirectory.claim(SpoolDirectory.list(root).get(0)).orElseThrow()) {
      assertThat(poll(new SpoolReader(orphan.path(), damages::add))).containsExactly("a", "b");
    }
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            root.relativize(file).toString(),
            Files.getLastModifiedTime(file)
                + " "
                + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void recordInTheMiddleOfItsWrite_isSeenWhenItIsWhole() throws IOException {
    try (SpoolDirectory directory = SpoolDirectory.create(root);
        SegmentWriter writer = segment(directory, 1, "a", "bcdefgh")) {
      assertThat(writer.end().offset()).isPositive();
      Path file = directory.segmentFile(1);
      byte[] whole = Files.readAllBytes(file);
      SpoolReader reader = new SpoolReader(root, damages::add);
      List<String> seen = new ArrayList<>();
      for (int length = 0; length <= whole.length; length++) {
        Files.write(file, Arrays.copyOf(whole, length));
        seen.addAll(poll(reader));
      }
      assertThat(seen).containsExactly("a", "bcdefgh");
      assertThat(damages).isEmpty();
    }
  }

  @Test
  void damagedBytes_areNamedAndTheRecordsAroundThemSeen() throws IOException {
    try (SpoolDirectory directory = SpoolDirectory.create(root);
        SegmentWriter writer = segment(directory, 1, "aaaa", "bbbb", "cccc")) {
      assertThat(writer.end().offset()).isPositive();
      Path file = directory.segmentFile(1);
      byte[] bytes = Files.readAllBytes(file);
      int second = SegmentFormat.HEADER_BYTES + SegmentFormat.recordBytes(4);
      bytes[second + SegmentFormat.RECORD_HEADER_BYTES] ^= 1;
      Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
      assertThat(poll(new SpoolReader(root, damages::add))).containsExactly("aaaa", "cccc");
      assertThat(damages).singleElement().matches(damage -> damage.offset() == second);
    }
  }

  @Test
  void segmentThatIsDeletedMeanwhile_isNotMissed() throws IOException {
    SpoolReader reader = new SpoolReader(root, damages::add);
    try (SpoolDirectory directory = SpoolDirectory.create(root);
        SegmentWriter first = segment(directory, 1, "a")) {
      assertThat(poll(reader)).containsExactly("a");
      append(first, "delivered and deleted before it is seen");
      try (SegmentWriter second = segment(directory, 2, "b")) {
        assertThat(second.end().segment()).isEqualTo(2);
        Files.delete(directory.segmentFile(1));
        assertThat(poll(reader)).containsExactly("b");
      }
    }
    assertThat(damages).isEmpty();
  }
}
