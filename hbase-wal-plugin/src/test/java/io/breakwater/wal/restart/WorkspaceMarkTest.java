package io.breakwater.wal.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceMarkTest {

  @TempDir private Path directory;

  private Path root;
  private WorkspaceMark mark;

  @BeforeEach
  void place() throws IOException {
    root = Files.createDirectory(directory.resolve("hbase"));
    mark =
        new WorkspaceMark(
            FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(root.toUri()));
  }

  private Workspace owned(String engine, String name, String owner) throws IOException {
    Workspace workspace =
        EmbeddedWorkspace.open(directory.resolve(engine), name, new EmbeddedOptions(true, 1 << 20));
    workspace.own(owner, true);
    return workspace;
  }

  @Test
  void sameWorkspace_passes_afterTakeoversToo() throws IOException {
    mark.check(owned("engine", "prod", "a"));
    mark.check(owned("engine", "prod", "a"));
    mark.check(owned("engine", "prod", "b"));
    assertThat(Files.readString(root.resolve(WorkspaceMark.FILE)))
        .contains("workspace=prod\nepoch=2\n");
    mark.check(owned("engine", "prod", "b"));
  }

  @Test
  void wipedWorkspace_isRefused_untilTheMarkIsDeleted() throws IOException {
    mark.check(owned("engine", "prod", "a"));
    Workspace fresh = owned("elsewhere", "prod", "a");
    assertThatThrownBy(() -> mark.check(fresh))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot start HBase with workspace prod: ")
        .hasMessageContaining("somebody has wiped it")
        .hasMessageContaining("delete that file");
    assertThatThrownBy(() -> mark.check(fresh)).isInstanceOf(IOException.class);
    Files.delete(root.resolve(WorkspaceMark.FILE));
    assertThatCode(() -> mark.check(fresh)).doesNotThrowAnyException();
  }

  @Test
  void anotherWorkspace_isRefused_namingTheRightOne() throws IOException {
    mark.check(owned("engine", "prod", "a"));
    Workspace other = owned("engine", "test", "a");
    assertThatThrownBy(() -> mark.check(other))
        .hasMessageContaining("its logs are in workspace prod. Set hbase.wal.dir to that, or");
  }

  @Test
  void damagedMark_isAnError() throws IOException {
    Workspace workspace = owned("engine", "prod", "a");
    Files.writeString(root.resolve(WorkspaceMark.FILE), "workspace=prod\n");
    assertThatThrownBy(() -> mark.check(workspace)).hasMessageContaining("it has no epoch");
  }
}
