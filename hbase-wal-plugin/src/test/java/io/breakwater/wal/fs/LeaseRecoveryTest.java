package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogFencedException;
import io.breakwater.wal.log.LogNotRecoveredException;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.net.URI;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class LeaseRecoveryTest extends OnWorkspace {

  private static final Path SPLITTING_WAL = new Path(SPLITTING, WAL.getName());

  @Test
  void read_ofALogTakenOverButNotRecovered_isRefused_andNotWithAnEndOfFile() throws Exception {
    try (LogAppender zombie = otherProcess.create(BwalFileSystem.pathInWorkspace(WAL))) {
      zombie.append(ByteBuffer.wrap(bytes("acknowledged"))).get();
      fs.rename(SERVER, SPLITTING);

      assertThatThrownBy(() -> fs.open(SPLITTING_WAL))
          .isInstanceOf(LogNotRecoveredException.class)
          .isNotInstanceOf(EOFException.class)
          .message()
          .doesNotContain("EOF");
    }
  }

  @Test
  void recoverLease_fencesTheWriter_andThenTheLogCanBeRead() throws Exception {
    LogAppender zombie = otherProcess.create(BwalFileSystem.pathInWorkspace(WAL));
    zombie.append(ByteBuffer.wrap(bytes("acknowledged"))).get();
    fs.rename(SERVER, SPLITTING);

    assertThat(fs.isFileClosed(SPLITTING_WAL)).isFalse();
    assertThat(fs.recoverLease(SPLITTING_WAL)).isTrue();

    assertThat(fs.isFileClosed(SPLITTING_WAL)).isTrue();
    assertThat(zombie.append(ByteBuffer.wrap(bytes("too late"))))
        .failsWithin(java.time.Duration.ofMinutes(1))
        .withThrowableThat()
        .withCauseInstanceOf(LogFencedException.class);
    assertThat(read(SPLITTING_WAL)).isEqualTo("acknowledged");
    assertThat(fs.getFileStatus(SPLITTING_WAL).getLen()).isEqualTo(12);
  }

  @Test
  void lookAtALogTakenOver_fencesTheWriter_ifSoConfigured() throws Exception {
    conf.setBoolean("breakwater.wal.recover-on-open", true);
    conf.set("breakwater.wal.embedded.dir", directory.resolve("again").toString());
    try (BwalFileSystem recovering = new BwalFileSystem();
        Workspace another =
            EmbeddedWorkspace.open(
                directory.resolve("again"), "cluster-a", new EmbeddedOptions(true, 64 << 20))) {
      recovering.initialize(URI.create("bwal://cluster-a/"), conf);
      recovering.mkdirs(SERVER);
      LogAppender writer = another.create(BwalFileSystem.pathInWorkspace(WAL));
      writer.append(ByteBuffer.wrap(bytes("acknowledged"))).get();
      assertThat(recovering.getFileStatus(WAL).getLen()).isEqualTo(12);
      writer.append(ByteBuffer.wrap(bytes(" too"))).get();

      recovering.rename(SERVER, SPLITTING);

      assertThat(recovering.getFileStatus(SPLITTING_WAL).getLen()).isEqualTo(16);
      assertThat(writer.append(ByteBuffer.wrap(bytes("too late"))))
          .failsWithin(java.time.Duration.ofMinutes(1))
          .withThrowableThat()
          .withCauseInstanceOf(LogFencedException.class);
      try (FSDataInputStream in = recovering.open(SPLITTING_WAL)) {
        assertThat(in.readAllBytes()).isEqualTo(bytes("acknowledged too"));
      }
    }
  }

  @Test
  void recoverLease_ofAClosedLog_changesNothing() throws Exception {
    write(WAL, "entries");
    assertThat(fs.recoverLease(WAL)).isTrue();
    assertThat(fs.recoverLease(WAL)).isTrue();
    assertThat(read(WAL)).isEqualTo("entries");
  }

  @Test
  void recoverLease_ofAMissingFile_saysSo() throws Exception {
    assertThat(fs.hasPathCapability(WAL, CommonPathCapabilities.LEASE_RECOVERABLE)).isTrue();
    assertThatThrownBy(() -> fs.recoverLease(WAL))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("Cannot recover the lease of " + WAL + ": File does not exist");
    assertThatThrownBy(() -> fs.isFileClosed(WAL)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void recoverLease_ofADirectory_saysSo() {
    assertThatThrownBy(() -> fs.recoverLease(SERVER))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("Path is not a file");
    assertThatThrownBy(() -> fs.isFileClosed(SERVER)).isInstanceOf(FileNotFoundException.class);
  }
}
