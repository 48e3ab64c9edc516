package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.WALSplitUtil;
import org.junit.jupiter.api.Test;

class RenameTest extends OnWorkspace {

  private static final Path OLD_WALS = new Path("bwal://cluster-a/hbase/oldWALs");
  private static final Path MISSING = new Path("bwal://cluster-a/missing");

  @Test
  void file_ontoADirectory_movesIntoIt() throws Exception {
    write(WAL, "entries");
    fs.mkdirs(OLD_WALS);
    assertThat(fs.rename(WAL, OLD_WALS)).isTrue();
    assertThat(fs.exists(WAL)).isFalse();
    assertThat(read(new Path(OLD_WALS, WAL.getName()))).isEqualTo("entries");
  }

  @Test
  void hbase_archivesASplitLog() throws Exception {
    write(WAL, "entries");
    fs.mkdirs(OLD_WALS);
    WALSplitUtil.moveWAL(fs, WAL, OLD_WALS);
    assertThat(read(new Path(OLD_WALS, WAL.getName()))).isEqualTo("entries");
  }

  @Test
  void hbase_archivesALogWithTheTimeOfTheArchiving() throws Exception {
    write(WAL, "entries");
    fs.setTimes(WAL, 1_000, -1);
    fs.mkdirs(OLD_WALS);
    Path archived = new Path(OLD_WALS, WAL.getName());
    assertThat(CommonFSUtils.renameAndSetModifyTime(fs, WAL, archived)).isTrue();
    assertThat(fs.getFileStatus(archived).getModificationTime()).isGreaterThan(1_000_000_000_000L);
  }

  @Test
  void directory_takesItsLogsAlong_andAnOpenWriterGoesOn() throws Exception {
    Path moved = new Path(SPLITTING, WAL.getName());
    try (FSDataOutputStream out = fs.create(WAL)) {
      assertThat(fs.rename(SERVER, SPLITTING)).isTrue();
      assertThat(fs.exists(SERVER)).isFalse();
      out.write(bytes("entries"));
    }
    assertThat(read(moved)).isEqualTo("entries");
  }

  @Test
  void target_thatExists_staysAndFalseIsReturned() throws Exception {
    Path temp = new Path(SERVER, "temp");
    write(WAL, "old");
    write(temp, "new");
    assertThat(fs.rename(temp, WAL)).isFalse();
    assertThat(read(WAL)).isEqualTo("old");
    assertThat(read(temp)).isEqualTo("new");
  }

  @Test
  void target_thatExistsInTheDirectoryMovedInto_staysAndFalseIsReturned() throws Exception {
    write(WAL, "new");
    write(new Path(OLD_WALS, WAL.getName()), "old");
    assertThat(fs.rename(WAL, OLD_WALS)).isFalse();
    assertThat(read(WAL)).isEqualTo("new");
  }

  @Test
  void source_thatIsMissing_isFalse() throws Exception {
    assertThat(fs.rename(MISSING, OLD_WALS)).isFalse();
    assertThat(fs.exists(OLD_WALS)).isFalse();
  }

  @Test
  void target_inAMissingDirectory_isFalse() throws Exception {
    write(WAL, "entries");
    assertThat(fs.rename(WAL, new Path(MISSING, "wal"))).isFalse();
    assertThat(fs.exists(WAL)).isTrue();
  }

  @Test
  void directory_intoItself_isFalse() throws Exception {
    assertThat(fs.rename(SERVER, new Path(SERVER, "below"))).isFalse();
    assertThat(fs.rename(SERVER, SERVER)).isFalse();
    assertThat(fs.rename(new Path("bwal://cluster-a/"), new Path(SERVER, "below"))).isFalse();
  }

  @Test
  void file_ontoItself_isTrue() throws Exception {
    write(WAL, "entries");
    assertThat(fs.rename(WAL, WAL)).isTrue();
    assertThat(fs.rename(WAL, SERVER)).isTrue();
    assertThat(read(WAL)).isEqualTo("entries");
  }
}
