package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.config.Workspaces;
import java.net.URI;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class UriTest extends OnWorkspace {

  @Test
  void scheme_isFoundWithoutConfiguration() throws Exception {
    try (FileSystem found = FileSystem.newInstance(SERVER.toUri(), conf)) {
      assertThat(found).isInstanceOf(BwalFileSystem.class);
      assertThat(found.getUri()).isEqualTo(URI.create("bwal://cluster-a"));
    }
  }

  @Test
  void workspace_isTheOneOfTheWholeProcess() throws Exception {
    assertThat(fs.workspace()).isSameAs(Workspaces.open("cluster-a", conf));
  }

  @Test
  void uri_withoutAWorkspace_isRefused() {
    assertThatThrownBy(() -> FileSystem.newInstance(URI.create("bwal:///hbase"), conf))
        .hasMessage(
            "Cannot open bwal:///hbase: it names no workspace, must be bwal://<workspace>/...");
  }

  @Test
  void uri_withABadWorkspaceName_isRefused() {
    assertThatThrownBy(() -> FileSystem.newInstance(URI.create("bwal://Cluster_A/hbase"), conf))
        .hasMessageStartingWith("Invalid workspace name: Cluster_A, must be ");
  }

  @Test
  void path_ofAnotherWorkspace_isRefused() {
    assertThatThrownBy(() -> fs.exists(new Path("bwal://cluster-b/hbase")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cluster-b");
  }

  @Test
  void path_thatIsRelative_isBelowTheWorkingDirectory() throws Exception {
    fs.setWorkingDirectory(SERVER);
    write(WAL, "entries");
    assertThat(read(new Path(WAL.toUri().getPath()))).isEqualTo("entries");
    assertThat(fs.makeQualified(new Path("x"))).isEqualTo(new Path(SERVER, "x"));
  }

  @Test
  void pathInWorkspace_keepsWhatHBaseEncoded() {
    assertThat(BwalFileSystem.pathInWorkspace(WAL))
        .isEqualTo("/hbase/WALs/rs1,16020,1/rs1%2C16020%2C1.1700000000000");
    assertThatThrownBy(() -> BwalFileSystem.pathInWorkspace(new Path("x")))
        .hasMessage("Invalid path: x, must be absolute");
  }

  @Test
  void delegationTokens_areNotAskedFor() {
    assertThat(fs.getCanonicalServiceName()).isNull();
  }
}
