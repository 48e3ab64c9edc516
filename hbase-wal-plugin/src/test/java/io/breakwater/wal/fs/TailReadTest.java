package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import java.io.EOFException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.junit.jupiter.api.Test;

class TailReadTest extends OnWorkspace {

  @Test
  void reader_atTheEnd_goesOnWhenMoreIsWritten() throws Exception {
    try (FSDataOutputStream out = fs.create(WAL);
        FSDataInputStream in = fs.open(WAL)) {
      byte[] bytes = new byte[10];
      assertThat(in.read(bytes)).isEqualTo(-1);
      out.write(bytes("abc"));
      out.hflush();
      assertThat(in.available()).isEqualTo(3);
      assertThat(in.read(bytes)).isEqualTo(3);
      assertThat(in.read()).isEqualTo(-1);
      out.write(bytes("d"));
      out.hflush();
      assertThat(in.read()).isEqualTo('d');
      assertThat(in.getPos()).isEqualTo(4);
    }
  }

  @Test
  void reader_ofALogThatAnotherProcessWrites_goesOnWhenMoreIsWritten() throws Exception {
    try (LogAppender log = otherProcess.create(BwalFileSystem.pathInWorkspace(WAL));
        FSDataInputStream in = fs.open(WAL)) {
      log.append(ByteBuffer.wrap(bytes("abc"))).get();
      assertThat(in.readNBytes(3)).isEqualTo(bytes("abc"));
      assertThat(in.read()).isEqualTo(-1);
      log.append(ByteBuffer.wrap(bytes("def"))).get();
      assertThat(in.readNBytes(3)).isEqualTo(bytes("def"));
    }
  }

  @Test
  void status_ofALogBeingWritten_hasTheAcknowledgedLength() throws Exception {
    try (FSDataOutputStream out = fs.create(WAL)) {
      assertThat(fs.getFileStatus(WAL).getLen()).isZero();
      out.write(bytes("abc"));
      out.hflush();
      assertThat(fs.getFileStatus(WAL).getLen()).isEqualTo(3);
      assertThat(fs.listStatus(SERVER)[0].getLen()).isEqualTo(3);
    }
  }

  @Test
  void reader_seeksAndReadsAtPositions() throws Exception {
    write(WAL, "0123456789");
    try (FSDataInputStream in = fs.open(WAL)) {
      in.seek(8);
      assertThat(in.read()).isEqualTo('8');
      byte[] bytes = new byte[4];
      in.readFully(2, bytes);
      assertThat(bytes).isEqualTo(bytes("2345"));
      assertThat(in.getPos()).isEqualTo(9);
      in.seek(0);
      assertThat(in.read()).isEqualTo('0');
      in.seek(100);
      assertThat(in.read()).isEqualTo(-1);
      assertThatThrownBy(() -> in.seek(-1)).isInstanceOf(EOFException.class);
    }
  }
}
