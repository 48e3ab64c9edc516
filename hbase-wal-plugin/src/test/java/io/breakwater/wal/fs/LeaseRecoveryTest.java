package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogFencedException;
import io.breakwater.wal.log.LogNotRecoveredException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.fs.HFileSystem;
import org.apache.hadoop.hbase.util.RecoverLeaseFSUtils;
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
  void recoverLease_ofAClosedLog_changesNothing() throws Exception {
    write(WAL, "entries");
    assertThat(fs.recoverLease(WAL)).isTrue();
    assertThat(fs.recoverLease(WAL)).isTrue();
    assertThat(read(WAL)).isEqualTo("entries");
  }

  @Test
  void hbase_findsTheLeaseRecovery_throughItsOwnFileSystemWrapper() throws Exception {
    LogAppender zombie = otherProcess.create(BwalFileSystem.pathInWorkspace(WAL));
    zombie.append(ByteBuffer.wrap(bytes("acknowledged"))).get();
    fs.rename(SERVER, SPLITTING);

    RecoverLeaseFSUtils.recoverFileLease(new HFileSystem(fs), SPLITTING_WAL, conf);

    assertThat(fs.isFileClosed(SPLITTING_WAL)).isTrue();
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
