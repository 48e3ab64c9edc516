package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.util.EnumSet;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.junit.jupiter.api.Test;

class CreateTest extends OnWorkspace {

  @Test
  void createForWal_inAnExistingDirectory_works() throws Exception {
    try (FSDataOutputStream out = createForWal(WAL)) {
      out.write(bytes("entries"));
    }
    assertThat(read(WAL)).isEqualTo("entries");
  }

  @Test
  void createForWal_inAMissingDirectory_fails() {
    Path file = new Path("bwal://cluster-a/missing/wal");
    assertThatThrownBy(() -> createForWal(file))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("Cannot create bwal://cluster-a/missing/wal");
    assertThat(otherProcessHas("/missing")).isFalse();
  }

  @Test
  void createForWal_inADirectoryThatTheMasterRenamedAway_fails() throws Exception {
    createForWal(WAL).close();
    otherProcess.rename("/hbase/WALs/rs1,16020,1", "/hbase/WALs/rs1,16020,1-splitting");

    assertThatThrownBy(() -> createForWal(new Path(SERVER, "next")))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void createNonRecursive_withOverwrite_replacesTheFile() throws Exception {
    write(WAL, "a longer old text");
    fs.createNonRecursive(
            WAL, null, EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE), 0, (short) 1, 1, null)
        .close();
    assertThat(fs.getFileStatus(WAL).getLen()).isZero();
  }

  @Test
  void createNonRecursive_withoutOverwrite_leavesTheFile() throws Exception {
    write(WAL, "old");
    assertThatThrownBy(
            () ->
                fs.createNonRecursive(
                    WAL, null, EnumSet.of(CreateFlag.CREATE), 0, (short) 1, 1, null))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage("Cannot create " + WAL + ": the file exists");
    assertThat(read(WAL)).isEqualTo("old");
  }

  @Test
  void create_makesTheDirectories() throws Exception {
    Path file = new Path("bwal://cluster-a/hbase/data/default/t/r/recovered.edits/12.seqid");
    fs.create(file, false).close();
    assertThat(fs.getFileStatus(file).isFile()).isTrue();
  }

  private FSDataOutputStream createForWal(Path path) throws Exception {
    return CommonFSUtils.createForWal(fs, path, false, 4096, (short) 1, 1 << 20, true, false);
  }

  private boolean otherProcessHas(String path) {
    try {
      return otherProcess.status(path).isPresent();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
