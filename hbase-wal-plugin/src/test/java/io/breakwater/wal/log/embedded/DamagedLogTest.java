package io.breakwater.wal.log.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** A log whose writer died without sealing it, and whose file is then cut or changed. */
class DamagedLogTest {

  private Path directory;
  private int logs;

  @BeforeProperty
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("damaged-log");
  }

  @AfterProperty
  void deleteDirectory() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Property(tries = 150)
  void fileCutAnywhere_keepsTheWholeRecordsBeforeTheCut(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 300) Integer> sizes,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int cut)
      throws Exception {
    Abandoned log = new Abandoned(sizes);
    int records = (int) Files.size(log.data) - RecordFormat.FILE_HEADER;
    int kept = cut % (records + 1);
    try (var channel = Files.newByteChannel(log.data, StandardOpenOption.WRITE)) {
      channel.truncate(RecordFormat.FILE_HEADER + kept);
    }

    int whole = 0;
    int expected = 0;
    for (int size : sizes) {
      whole += RecordFormat.RECORD_HEADER + size;
      expected += whole <= kept ? size : 0;
    }
    assertThat(log.workspace.recover(log.path)).isEqualTo(expected);
    assertThat(log.read()).isEqualTo(log.text.substring(0, expected));
  }

  @Property(tries = 300)
  void flippedBit_isNeverRead_andNeverASilentEnd(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 300) Integer> sizes,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int place,
      @ForAll @IntRange(max = 7) int bit)
      throws Exception {
    Abandoned log = new Abandoned(sizes);
    byte[] bytes = Files.readAllBytes(log.data);
    bytes[place % bytes.length] ^= (byte) (1 << bit);
    Files.write(log.data, bytes);

    assertThatThrownBy(
            () -> {
              log.workspace.recover(log.path);
              log.read();
            })
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining(log.data.toString())
        .hasMessageContaining("at offset");
  }

  @Property(tries = 50)
  void zerosAfterTheLastRecord_areCut(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 300) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 70_000) int zeros)
      throws Exception {
    Abandoned log = new Abandoned(sizes);
    Files.write(log.data, new byte[zeros], StandardOpenOption.APPEND);
    assertThat(log.workspace.recover(log.path)).isEqualTo(log.text.length());
    assertThat(log.read()).isEqualTo(log.text);
  }

  @Property(tries = 100)
  void tornGroup_ofWhichALaterPartReachedTheDisk_isCut(
      @ForAll @IntRange(min = 1, max = 300) int acknowledged,
      @ForAll @IntRange(min = 1, max = 300) int torn,
      @ForAll @IntRange(min = 1, max = 300) int survivor)
      throws Exception {
    Abandoned log = new Abandoned(List.of(acknowledged));
    RecordFormat format = new RecordFormat(log.entry().id());
    ByteBuffer group = ByteBuffer.allocate(2 * RecordFormat.RECORD_HEADER + torn + survivor);
    format.putRecordHeader(group, ByteBuffer.allocate(torn), acknowledged, acknowledged);
    group.position(group.position() + torn);
    format.putRecordHeader(group, ByteBuffer.allocate(survivor), acknowledged + torn, acknowledged);
    byte[] bytes = group.array();
    bytes[RecordFormat.RECORD_HEADER] ^= 1;
    Files.write(log.data, bytes, StandardOpenOption.APPEND);

    assertThat(log.workspace.recover(log.path)).isEqualTo(acknowledged);
    assertThat(log.read()).isEqualTo(log.text);
  }

  @Property(tries = 30)
  void sealedLogThatLostItsEnd_isAnError(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 300) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 300) int lost)
      throws Exception {
    Abandoned log = new Abandoned(sizes);
    log.workspace.recover(log.path);
    long size = Files.size(log.data);
    try (var channel = Files.newByteChannel(log.data, StandardOpenOption.WRITE)) {
      channel.truncate(Math.max(RecordFormat.FILE_HEADER, size - lost));
    }
    assertThatThrownBy(log::read).isInstanceOf(LogCorruptException.class);
  }

  /** A log with an acknowledged append of each size, left as a killed writer leaves it. */
  private final class Abandoned {
    final EmbeddedWorkspace workspace;
    final String path = "/log" + logs++;
    final String text;
    final Path data;

    Abandoned(List<Integer> sizes) throws Exception {
      // Another object over the same directory is what another process would be.
      EmbeddedWorkspace writer = open();
      StringBuilder written = new StringBuilder();
      LogAppender log = writer.create(path);
      for (int size : sizes) {
        String part = Character.toString('a' + written.length() % 26).repeat(size);
        log.append(UTF_8.encode(part)).get();
        written.append(part);
      }
      writer.close();
      text = written.toString();
      workspace = open();
      data = directory.resolve("prod/logs/" + entry().id() + ".log");
    }

    private EmbeddedWorkspace open() throws IOException {
      return EmbeddedWorkspace.open(directory, "prod", new EmbeddedOptions(false, 1 << 20));
    }

    Entry entry() throws IOException {
      return Entry.read(directory.resolve("prod/tree" + path));
    }

    String read() throws IOException {
      try (LogReader reader = workspace.open(path)) {
        return WorkspaceContract.readFully(reader);
      }
    }
  }
}
