package io.breakwater.lineage.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.tool.StoredSpool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * If a test here fails, a format has changed: give it a new version and go on reading version 1.
 */
class SpoolFormatsTest {

  @TempDir private Path directory;

  @Test
  void segmentWrittenNow_isWhatIsStoredAsVersion1() throws Exception {
    Path driver = StoredSpool.copy("spool-0.1.0", directory);
    for (long number : SpoolDirectory.segments(driver)) {
      Path stored = SpoolDirectory.segmentFile(driver, number);
      ByteBuffer now = ByteBuffer.allocate((int) Files.size(stored));
      now.put(SegmentFormat.header(number));
      records(stored, number).forEach(payload -> SegmentFormat.putRecord(now, number, payload));
      assertThat(now.array()).isEqualTo(Files.readAllBytes(stored));
    }
  }

  private static List<byte[]> records(Path file, long number) throws IOException {
    List<byte[]> payloads = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(file, number)) {
      assertThat(reader.headerDamage(reader.size())).isEmpty();
      long offset = SegmentFormat.HEADER_BYTES;
      while (offset < reader.size()) {
        SegmentReader.Found found = (SegmentReader.Found) reader.read(offset, reader.size());
        payloads.add(found.payload());
        offset = found.end();
      }
    }
    assertThat(payloads).isNotEmpty();
    return payloads;
  }

  @Test
  void digestWrittenNow_isWhatIsStoredAsVersion1() throws Exception {
    Path file = StoredSpool.copy("spool-0.1.0", directory).resolve("digest");
    DigestFile digest = DigestFile.read(file);
    assertThat(new String(digest.digest(), UTF_8)).contains("\"started\":true");
    assertThat(digest.through()).isEqualTo(2);
    assertThat(digest.encode()).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void cursorWrittenNow_isWhatIsStoredAsVersion1() throws Exception {
    Path file = StoredSpool.copy("spool-0.1.0", directory).resolve("cursor");
    byte[] stored = Files.readAllBytes(file);
    Position position = Cursor.read(file);
    assertThat(position.segment()).isEqualTo(3);

    Path fresh = directory.resolve("fresh");
    // Two records and the segments that they were the last of; the older slot is overwritten.
    List<Position> steps = new ArrayList<>();
    ByteBuffer slots = ByteBuffer.wrap(stored);
    long latest = Math.max(slots.getLong(0), slots.getLong(28));
    int older = slots.getLong(0) == latest ? 28 : 0;
    steps.add(new Position(slots.getLong(older + 8), slots.getLong(older + 16)));
    steps.add(position);
    try (Cursor cursor = Cursor.open(fresh)) {
      for (long i = 0; i < latest - 2; i++) {
        cursor.advance(new Position(1, 0));
      }
      for (Position step : steps) {
        cursor.advance(step);
      }
    }
    assertThat(fresh).hasBinaryContent(stored);
  }

  @Test
  void lockOfADirectory_tellsItsVersion() throws Exception {
    Path stored = StoredSpool.copy("spool-0.1.0", directory);
    assertThat(stored.resolve("owner.lock")).hasContent("breakwater-spool 1\n");
    try (SpoolDirectory fresh = SpoolDirectory.create(directory.resolve("root"))) {
      // Not through the file, whose lock would be lost by closing it.
      assertThat(Files.size(fresh.path().resolve("owner.lock"))).isEqualTo(19);
    }
  }
}
