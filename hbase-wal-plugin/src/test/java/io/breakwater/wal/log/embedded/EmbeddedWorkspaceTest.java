package io.breakwater.wal.log.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.Orphan;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedWorkspaceTest extends WorkspaceContract {

  @TempDir Path directory;

  @Override
  protected Workspace open() throws IOException {
    return EmbeddedWorkspace.open(directory, "prod", new EmbeddedOptions(true, 1 << 20));
  }

  @Test
  void directoryThatIsNoWorkspace_isRefused() throws Exception {
    Path version = directory.resolve("prod/WORKSPACE");
    Files.writeString(version, "rubbish\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot open workspace prod: "
                + version
                + " says 'rubbish', must be 'breakwater-workspace 1'");
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

  @Override
  protected void leaveOrphan(int bytes) throws Exception {
    String path = "/orphan-" + UUID.randomUUID();
    try (LogAppender log = workspace.create(path)) {
      log.append(ByteBuffer.allocate(bytes)).get();
    }
    Files.delete(directory.resolve("prod/tree" + path));
  }

  @Test
  void list_namesTheWorkspacesOfADirectory() throws Exception {
    EmbeddedWorkspace.open(directory, "a", new EmbeddedOptions(true, 1 << 20));
    Files.createDirectory(directory.resolve("lost+found"));
    Files.createFile(directory.resolve("b"));
    assertThat(EmbeddedWorkspace.list(directory)).containsExactly("a", "prod");
    assertThat(EmbeddedWorkspace.list(directory.resolve("none"))).isEmpty();
  }

  @Test
  void halfDeletedLog_andDraft_areOrphans() throws Exception {
    Path logs = directory.resolve("prod/logs");
    String id = UUID.randomUUID().toString();
    Files.write(logs.resolve(id + ".seal"), new byte[36]);
    Files.write(logs.resolve(id + ".open"), new byte[0]);
    Files.write(logs.resolve("0.draft"), new byte[7]);
    Files.write(logs.resolve("notes-of-the-operator.txt"), new byte[7]);
    List<Orphan> orphans = workspace.orphans(Duration.ZERO);
    assertThat(orphans).extracting(Orphan::bytes).containsExactlyInAnyOrder(36L, 7L);
    for (Orphan orphan : orphans) {
      workspace.deleteOrphan(orphan);
    }
    assertThat(logs).isDirectoryContaining("glob:**/notes-of-the-operator.txt");
    assertThat(logs.toFile().list()).hasSize(1);
  }

  @Test
  void orphans_besideADamagedEntry_areAnError() throws Exception {
    workspace.create("/wals/rs1/a").close();
    Path entry = directory.resolve("prod/tree/wals/rs1/a");
    Files.writeString(entry, "rubbish");
    assertThatThrownBy(() -> workspace.orphans(Duration.ZERO))
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining(entry.toString());
  }

  @Test
  void orphanThatHasANameByNow_isNotDeleted() throws Exception {
    workspace.create("/wals/rs1/a").close();
    Path entry = directory.resolve("prod/tree/wals/rs1/a");
    byte[] content = Files.readAllBytes(entry);
    Files.delete(entry);
    Orphan orphan = workspace.orphans(Duration.ZERO).get(0);
    Files.write(entry, content);
    assertThatThrownBy(() -> workspace.deleteOrphan(orphan))
        .hasMessage("Cannot delete orphan " + orphan.id() + ": it is the log /wals/rs1/a by now");
    assertThat(read("/wals/rs1/a")).isEmpty();
  }

  @Test
  void logsThatMoveWhileOrphansAreSought_areNotTakenForOrphans() throws Exception {
    for (int i = 0; i < 50; i++) {
      workspace.createDirectories("/wals/rs" + i);
      workspace.create("/wals/rs" + i + "/a").close();
    }
    workspace.createDirectories("/old");
    CompletableFuture<Void> moves =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 49; i >= 0; i--) {
                  workspace.rename("/wals/rs" + i + "/a", "/old/" + i);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    do {
      assertThat(open().orphans(Duration.ZERO)).isEmpty();
    } while (!moves.isDone());
    moves.get();
  }
}
