package io.breakwater.lineage.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.spool.SegmentReader.Broken;
import io.breakwater.lineage.spool.SegmentReader.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Whatever happens to the bytes of a segment, no reader takes a wrong record for a right one. */
class SegmentPropertiesTest {

  private static final long SEGMENT = 7;

  private Path root;
  private Path file;

  @BeforeProperty
  void makeDirectory() throws IOException {
    root = Files.createTempDirectory("segment");
    file = root.resolve("segment");
  }

  @AfterProperty
  void deleteDirectory() throws IOException {
    Files.deleteIfExists(file);
    Files.delete(root);
  }

  @Provide
  Arbitrary<List<byte[]>> payloads() {
    Arbitrary<byte[]> json =
        Arbitraries.strings()
            .ofMaxLength(40)
            .map(text -> ("{\"a\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
    Arbitrary<byte[]> binary = Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(60);
    return Arbitraries.oneOf(json, binary).list().ofMinSize(1).ofMaxSize(12);
  }

  @Property(tries = 200)
  void reader_showsWhatWasWritten(@ForAll("payloads") List<byte[]> payloads) throws IOException {
    Files.write(file, bytes(payloads));
    Read read = read(file);
    assertThat(read.payloads).usingElementComparator(java.util.Arrays::compare).isEqualTo(payloads);
    assertThat(read.damages).isEmpty();
  }

  @Property(tries = 500)
  void anyTruncation_keepsAPrefix(@ForAll("payloads") List<byte[]> payloads, @ForAll double where)
      throws IOException {
    byte[] all = bytes(payloads);
    int length = (int) (Math.abs(where % 1.0) * all.length);
    Files.write(file, java.util.Arrays.copyOf(all, length));

    Read read = read(file);

    int whole = 0;
    int end = SegmentFormat.HEADER_BYTES;
    while (whole < payloads.size()
        && end + SegmentFormat.recordBytes(payloads.get(whole).length) <= length) {
      end += SegmentFormat.recordBytes(payloads.get(whole).length);
      whole++;
    }
    assertThat(read.payloads)
        .usingElementComparator(java.util.Arrays::compare)
        .isEqualTo(payloads.subList(0, whole));
    boolean cutBetweenRecords = length == end;
    assertThat(read.damages.isEmpty()).isEqualTo(cutBetweenRecords);
  }

  @Property(tries = 1000)
  void anyBitFlip_isFoundAndCostsOneRecordAtMost(
      @ForAll("payloads") List<byte[]> payloads, @ForAll int where) throws IOException {
    byte[] bytes = bytes(payloads);
    int bit = Math.floorMod(where, bytes.length * 8);
    bytes[bit / 8] ^= (byte) (1 << (bit % 8));
    Files.write(file, bytes);

    Read read = read(file);

    assertThat(read.damages).isNotEmpty();
    List<byte[]> expected = new ArrayList<>(payloads);
    int hit = recordAt(payloads, bit / 8);
    if (hit >= 0) {
      expected.remove(hit);
    }
    assertThat(read.payloads).usingElementComparator(java.util.Arrays::compare).isEqualTo(expected);
  }

  @Property(tries = 50)
  void recordsOfAnotherSegment_areNotTaken(@ForAll("payloads") List<byte[]> payloads)
      throws IOException {
    Files.write(file, bytes(payloads));
    try (SegmentReader reader = new SegmentReader(file, SEGMENT + 1)) {
      assertThat(reader.headerDamage(reader.size()))
          .hasValueSatisfying(
              broken -> {
                assertThat(broken.tail()).isTrue();
                assertThat(broken.cause()).isEqualTo("header of segment 7, must be of 8");
              });
    }
  }

  private record Read(List<byte[]> payloads, List<Broken> damages) {}

  private static Read read(Path file) throws IOException {
    Read read = new Read(new ArrayList<>(), new ArrayList<>());
    try (SegmentReader reader = new SegmentReader(file, SEGMENT)) {
      long limit = reader.size();
      long offset = SegmentFormat.HEADER_BYTES;
      var header = reader.headerDamage(limit);
      if (header.isPresent()) {
        read.damages.add(header.get());
        offset = header.get().end();
      }
      while (offset < limit) {
        SegmentReader.Item item = reader.read(offset, limit);
        if (item instanceof Found found) {
          read.payloads.add(found.payload());
          offset = found.end();
        } else if (item instanceof Broken broken) {
          assertThat(broken.end()).isGreaterThan(offset);
          read.damages.add(broken);
          offset = broken.end();
        }
      }
    }
    return read;
  }

  private static int recordAt(List<byte[]> payloads, int offset) {
    int end = SegmentFormat.HEADER_BYTES;
    if (offset < end) {
      return -1;
    }
    for (int i = 0; i < payloads.size(); i++) {
      end += SegmentFormat.recordBytes(payloads.get(i).length);
      if (offset < end) {
        return i;
      }
    }
    throw new IllegalArgumentException("No record at " + offset);
  }

  private static byte[] bytes(List<byte[]> payloads) {
    int size = SegmentFormat.HEADER_BYTES;
    for (byte[] payload : payloads) {
      size += SegmentFormat.recordBytes(payload.length);
    }
    var buffer = java.nio.ByteBuffer.allocate(size);
    buffer.put(SegmentFormat.header(SEGMENT));
    payloads.forEach(payload -> SegmentFormat.putRecord(buffer, SEGMENT, payload));
    return buffer.array();
  }
}
