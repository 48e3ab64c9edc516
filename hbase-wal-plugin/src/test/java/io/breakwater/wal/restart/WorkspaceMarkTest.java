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

  @Test
  void markFromBeforeItHadAVersion_isRead() throws IOException {
    Workspace workspace = owned("engine", "prod", "a");
    mark.check(workspace);
    Path file = root.resolve(WorkspaceMark.FILE);
    String text = Files.readString(file);
    assertThat(text).contains("\nversion=1\nworkspace=prod\nepoch=1\nsince=");
    String early = text.replace("version=1\n", "");
    Files.writeString(file, early);
    // Hadoop's checksum of the file as it was.
    Files.delete(root.resolve("." + WorkspaceMark.FILE + ".crc"));
    mark.check(workspace);
    assertThat(file).hasContent(early);
    Workspace other = owned("engine", "test", "a");
    assertThatThrownBy(() -> mark.check(other)).hasMessageContaining("are in workspace prod");
  }

  @Test
  void laterMark_isRefusedAndStays() throws IOException {
    Workspace workspace = owned("engine", "prod", "a");
    Path file =
        Files.writeString(root.resolve(WorkspaceMark.FILE), "version=2\nworkspaces=prod,test\n");
    assertThatThrownBy(() -> mark.check(workspace))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot start HBase: file:")
        .hasMessageEndingWith(
            "/.breakwater-workspace is of format version 2, this plugin reads up to 1; use the"
                + " plugin that wrote it, or a later one");
    assertThat(file).hasContent("version=2\nworkspaces=prod,test\n");
  }
}
