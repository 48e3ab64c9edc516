package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.log.LogAppender;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.fs.HFileSystem;
import org.apache.hadoop.hbase.util.RecoverLeaseFSUtils;
import org.junit.jupiter.api.Test;

class HBaseLeaseRecoveryTest extends OnWorkspace {

  private static final Path SPLITTING_WAL = new Path(SPLITTING, WAL.getName());

  @Test
  void hbase_findsTheLeaseRecovery_throughItsOwnFileSystemWrapper() throws Exception {
    LogAppender zombie = otherProcess.create(BwalFileSystem.pathInWorkspace(WAL));
    zombie.append(ByteBuffer.wrap(bytes("acknowledged"))).get();
    fs.rename(SERVER, SPLITTING);

    RecoverLeaseFSUtils.recoverFileLease(new HFileSystem(fs), SPLITTING_WAL, conf);

    assertThat(fs.isFileClosed(SPLITTING_WAL)).isTrue();
  }
}
