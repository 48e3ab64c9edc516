package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import org.apache.hadoop.fs.ContentSummary;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hbase.regionserver.wal.WALUtil;
import org.junit.jupiter.api.Test;

class StatusTest extends OnWorkspace {

  @Test
  void setTimes_isSeenByOtherProcesses() throws Exception {
    write(WAL, "entries");
    fs.setTimes(WAL, 1_700_000_000_000L, -1);
    assertThat(fs.getFileStatus(WAL).getModificationTime()).isEqualTo(1_700_000_000_000L);
    assertThat(
            otherProcess
                .status(BwalFileSystem.pathInWorkspace(WAL))
                .orElseThrow()
                .modificationTime())
        .isEqualTo(1_700_000_000_000L);
  }

  @Test
  void setTimes_isKeptByARename() throws Exception {
    write(WAL, "entries");
    fs.setTimes(WAL, 1_700_000_000_000L, -1);
    Path moved = new Path("bwal://cluster-a/moved");
    fs.rename(WAL, moved);
    assertThat(fs.getFileStatus(moved).getModificationTime()).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void setTimes_ofMinusOne_leavesTheTime() throws Exception {
    write(WAL, "entries");
    fs.setTimes(WAL, 1_700_000_000_000L, -1);
    fs.setTimes(WAL, -1, 5);
    assertThat(fs.getFileStatus(WAL).getModificationTime()).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void listStatus_givesNamesAsHBaseWroteThem() throws Exception {
    write(WAL, "entries");
    Path odd = new Path(SERVER, "master$masterlocalwal$");
    write(odd, "");
    assertThat(fs.listStatus(SERVER)).extracting(FileStatus::getPath).containsExactly(odd, WAL);
    assertThat(fs.listStatus(WAL)).extracting(FileStatus::getPath).containsExactly(WAL);
  }

  @Test
  void missingPath_isFileNotFound() {
    assertThatThrownBy(() -> fs.listStatus(WAL)).isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(() -> fs.open(WAL))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("Cannot open " + WAL + ": File does not exist");
    assertThatThrownBy(() -> fs.getFileStatus(WAL)).isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(() -> fs.setTimes(WAL, 1, 1)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void contentSummary_addsUpTheLogs() throws Exception {
    write(WAL, "12345");
    write(new Path(SERVER, "other"), "123");
    ContentSummary summary = fs.getContentSummary(SERVER);
    assertThat(summary.getLength()).isEqualTo(8);
    assertThat(summary.getFileCount()).isEqualTo(2);
    assertThat(fs.getContentSummary(WAL).getLength()).isEqualTo(5);
  }

  @Test
  void hbase_rollsWhereItRollsOnHdfs() throws Exception {
    assertThat(WALUtil.getWALBlockSize(conf, fs, SERVER)).isEqualTo(256L << 20);
  }

  @Test
  void permissions_areTakenAndNotKept() throws Exception {
    write(WAL, "entries");
    FsPermission before = fs.getFileStatus(WAL).getPermission();
    fs.setPermission(WAL, new FsPermission("700"));
    fs.setOwner(WAL, "hbase", "hbase");
    assertThat(fs.getFileStatus(WAL).getPermission()).isEqualTo(before);
  }

  @Test
  void unsupportedOperations_sayThatTheyAre() throws Exception {
    write(WAL, "entries");
    assertThatThrownBy(() -> fs.append(WAL))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("Cannot append to " + WAL + ": a log that was closed stays as it is");
    assertThatThrownBy(() -> fs.truncate(WAL, 1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> fs.concat(WAL, new Path[] {WAL}))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> fs.setStoragePolicy(WAL, "HOT"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
