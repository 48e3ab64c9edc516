package io.breakwater.wal.log.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedWorkspaceTest extends WorkspaceContract {

  @TempDir Path directory;

  @Override
  protected Workspace open() throws IOException {
    return EmbeddedWorkspace.open(directory, "prod", new EmbeddedOptions(true, 1 << 20));
  }

  @Test
  void workspaceOfAnUnknownVersion_isRefused() throws Exception {
    Path version = directory.resolve("prod/WORKSPACE");
    Files.writeString(version, "breakwater-workspace 99\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot open workspace prod: "
                + version
                + " says 'breakwater-workspace 99', must be 'breakwater-workspace 1'");
  }

  @Test
  void damagedEntry_isAnErrorThatNamesTheFile() throws Exception {
    workspace.create("/wals/rs1/a").close();
    Path entry = directory.resolve("prod/tree/wals/rs1/a");
    Files.writeString(entry, "rubbish");
    assertThatThrownBy(() -> workspace.open("/wals/rs1/a"))
        .hasMessageContaining(entry.toString())
        .hasMessageContaining("is damaged");
  }
}
