package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.StreamCapabilities;
import org.junit.jupiter.api.Test;

class SyncTest extends OnWorkspace {

  @Test
  @SuppressWarnings("deprecation") // HBase asks for both.
  void stream_saysThatItCanSync() throws Exception {
    try (FSDataOutputStream out = fs.create(WAL)) {
      assertThat(out.hasCapability(StreamCapabilities.HFLUSH)).isTrue();
      assertThat(out.hasCapability(StreamCapabilities.HSYNC)).isTrue();
      assertThat(out.hasCapability(StreamCapabilities.DROPBEHIND)).isFalse();
    }
  }

  @Test
  void hflush_returnsWhenTheBytesAreInTheLog() throws Exception {
    try (FSDataOutputStream out = fs.create(WAL)) {
      out.write(bytes("one"));
      out.hflush();
      assertThat(otherProcess.status(fsPath()).orElseThrow().length()).isEqualTo(3);
      out.write(bytes("two"));
      out.hsync();
      assertThat(otherProcess.status(fsPath()).orElseThrow().length()).isEqualTo(6);
    }
  }

  @Test
  void write_countsThePositionBeforeAnySync() throws Exception {
    try (FSDataOutputStream out = fs.create(WAL)) {
      out.write(bytes("12345"));
      assertThat(out.getPos()).isEqualTo(5);
    }
  }

  @Test
  void write_ofMoreThanThePieces_isReadBackWhole() throws Exception {
    String text =
        IntStream.range(0, 300_000)
            .collect(StringBuilder::new, (b, i) -> b.append(i).append(' '), StringBuilder::append)
            .toString();
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    try (FSDataOutputStream out = fs.create(WAL)) {
      out.write(all, 0, 7);
      out.write(all, 7, all.length - 7);
    }
    assertThat(read(WAL)).isEqualTo(text);
  }

  @Test
  void threads_syncWhatOthersWrote() throws Exception {
    try (FSDataOutputStream out = fs.create(WAL)) {
      CompletableFuture<?>[] syncs = new CompletableFuture<?>[50];
      for (int i = 0; i < syncs.length; i++) {
        out.write(bytes("entry"));
        syncs[i] = CompletableFuture.runAsync(() -> sync(out));
      }
      CompletableFuture.allOf(syncs).get();
      assertThat(otherProcess.status(fsPath()).orElseThrow().length()).isEqualTo(250);
    }
  }

  @Test
  void close_makesTheLengthFinal() throws Exception {
    FSDataOutputStream out = fs.create(WAL);
    out.write(bytes("entry"));
    assertThat(fs.isFileClosed(WAL)).isFalse();
    out.close();
    assertThat(fs.isFileClosed(WAL)).isTrue();
    assertThat(fs.getFileStatus(WAL).getLen()).isEqualTo(5);
    out.close();
  }

  @Test
  void stream_afterClose_takesNothing() throws Exception {
    FSDataOutputStream out = fs.create(WAL);
    out.close();
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(out::hflush).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void hflush_ofAnInterruptedThread_saysSo() throws Exception {
    LogOutputStream out = new LogOutputStream(WAL, new SilentLog());
    out.write(bytes("entry"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(out::hflush)
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("Cannot sync " + WAL + ": interrupted while waiting for the acknowledgement");
  }

  @Test
  void write_afterAFailedAppend_isRefused_soThatTheLogGetsNoHole() throws Exception {
    SilentLog log = new SilentLog();
    LogOutputStream out = new LogOutputStream(WAL, log);
    out.write(bytes("entry"));
    out.flush();
    log.append.completeExceptionally(new IOException("disk on fire"));
    out.write(bytes("next"));
    assertThatThrownBy(out::flush).hasMessage("Cannot sync " + WAL + ": disk on fire");
    assertThatThrownBy(out::close).hasMessage("Cannot sync " + WAL + ": disk on fire");
    assertThat(log.appends).isEqualTo(1);
    assertThat(log.closed).isTrue();
  }

  @Test
  void hflush_afterTheLogWasFenced_fails() throws Exception {
    FSDataOutputStream out = fs.create(WAL);
    out.write(bytes("before"));
    out.hflush();
    otherProcess.recover(fsPath());

    out.write(bytes("after"));
    assertThatThrownBy(out::hflush)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot sync " + WAL + ": ")
        .hasMessageContaining("fenced");
    assertThatThrownBy(out::hflush).hasMessageContaining("fenced");
    assertThatThrownBy(() -> out.write(bytes("x".repeat(200_000)))).hasMessageContaining("fenced");
    assertThatThrownBy(out::close).hasMessageContaining("fenced");
    assertThat(read(WAL)).isEqualTo("before");
  }

  private static void sync(FSDataOutputStream out) {
    try {
      out.hflush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String fsPath() {
    return BwalFileSystem.pathInWorkspace(WAL);
  }

  /** A stub: a log that acknowledges nothing by itself. */
  private static final class SilentLog implements LogAppender {
    private final CompletableFuture<Long> append = new CompletableFuture<>();
    private int appends;
    private boolean closed;

    @Override
    public CompletableFuture<Long> append(ByteBuffer data) {
      appends++;
      return append;
    }

    @Override
    public long acknowledgedLength() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
