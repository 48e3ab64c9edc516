package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogCorruptException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HBase takes an end of file, by type or by the letters EOF in a message, for a log's end. */
class DamagedReadTest extends OnWorkspace {

  private java.nio.file.Path data;

  @BeforeEach
  void damageTheSecondOfThreeRecords() throws IOException {
    long afterFirst;
    try (FSDataOutputStream out = fs.create(WAL)) {
      out.write(bytes("first"));
      out.hflush();
      data = onlyDataFile();
      afterFirst = Files.size(data);
      out.write(bytes("second"));
      out.hflush();
      out.write(bytes("third"));
    }
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.seek(afterFirst + 32);
      file.write('X');
    }
  }

  @Test
  void read_upToTheDamage_works() throws Exception {
    try (FSDataInputStream in = fs.open(WAL)) {
      assertThat(in.readNBytes(5)).isEqualTo(bytes("first"));
    }
  }

  @Test
  void read_ofTheDamage_isAnErrorThatNamesFileOffsetAndCause() throws Exception {
    try (FSDataInputStream in = fs.open(WAL)) {
      in.seek(5);
      assertThatThrownBy(() -> in.read())
          .isInstanceOf(LogCorruptException.class)
          .hasMessageContaining(data.toString())
          .hasMessageContaining("offset")
          .message()
          .doesNotContain("EOF");
    }
  }

  @Test
  void readFully_overTheDamage_isNotAnEndOfFile() throws Exception {
    try (FSDataInputStream in = fs.open(WAL)) {
      assertThatThrownBy(() -> in.readFully(0, new byte[16]))
          .isInstanceOf(LogCorruptException.class);
      assertThatThrownBy(() -> in.readFully(new byte[16])).isInstanceOf(LogCorruptException.class);
    }
  }

  @Test
  void status_stillHasTheWholeLength() throws Exception {
    assertThat(fs.getFileStatus(WAL).getLen()).isEqualTo(16);
  }

  private java.nio.file.Path onlyDataFile() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
  }
}
