package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.junit.jupiter.api.Test;

class DeleteTest extends OnWorkspace {

  private static final Path ROOT = new Path("bwal://cluster-a/");

  @Test
  void directory_withAFile_staysUnlessRecursive() throws Exception {
    write(WAL, "not yet split");
    assertThatThrownBy(() -> fs.delete(SERVER, false))
        .isInstanceOf(PathIsNotEmptyDirectoryException.class)
        .hasMessageContaining(SERVER.toString());
    assertThat(read(WAL)).isEqualTo("not yet split");
    assertThat(fs.delete(SERVER, true)).isTrue();
    assertThat(fs.exists(SERVER)).isFalse();
  }

  @Test
  void directory_thatIsEmpty_goes() throws Exception {
    assertThat(fs.delete(SERVER, false)).isTrue();
    assertThat(fs.exists(SERVER)).isFalse();
  }

  @Test
  void path_thatIsMissing_isFalse() throws Exception {
    assertThat(fs.delete(WAL, false)).isFalse();
    assertThat(fs.delete(WAL, true)).isFalse();
  }

  @Test
  void file_beingWritten_fencesItsWriter() throws Exception {
    FSDataOutputStream out = fs.create(WAL);
    out.write(bytes("x"));
    out.hflush();
    assertThat(fs.delete(WAL, false)).isTrue();
    out.write(bytes("y"));
    assertThatThrownBy(out::hflush).hasMessageContaining("Cannot sync " + WAL);
  }

  @Test
  void root_staysWithAllThatIsInIt() throws Exception {
    write(WAL, "entries");
    assertThatThrownBy(() -> fs.delete(ROOT, false))
        .isInstanceOf(PathIsNotEmptyDirectoryException.class);
    assertThat(fs.delete(ROOT, true)).isFalse();
    assertThat(read(WAL)).isEqualTo("entries");
  }
}
