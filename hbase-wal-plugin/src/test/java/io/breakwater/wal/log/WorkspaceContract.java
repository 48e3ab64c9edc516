package io.breakwater.wal.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every storage engine promises. An engine's test supplies the workspace and nothing else. */
public abstract class WorkspaceContract {

  protected Workspace workspace;

  /**
   * Opens the same stored workspace as often as it is called, each time as another process would.
   */
  protected abstract Workspace open() throws IOException;

  @BeforeEach
  void openWorkspace() throws IOException {
    workspace = open();
    workspace.createDirectories("/wals/rs1");
  }

  @Test
  void append_isAcknowledgedWithTheLengthOfTheLog() throws Exception {
    try (LogAppender log = workspace.create("/wals/rs1/a")) {
      assertThat(log.append(bytes("hello ")).get()).isEqualTo(6);
      assertThat(log.append(bytes("world")).get()).isEqualTo(11);
      assertThat(log.acknowledgedLength()).isEqualTo(11);
    }
    assertThat(read("/wals/rs1/a")).isEqualTo("hello world");
  }

  @Test
  void appends_areAcknowledgedInOrder_andReadBackInOrder() throws Exception {
    StringBuilder expected = new StringBuilder();
    List<Long> acknowledged = new ArrayList<>();
    try (LogAppender log = workspace.create("/wals/rs1/a")) {
      List<CompletableFuture<?>> pending = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        String text = "entry " + i + ";";
        expected.append(text);
        pending.add(
            log.append(bytes(text))
                .thenAccept(
                    end -> {
                      synchronized (acknowledged) {
                        acknowledged.add(end);
                      }
                    }));
      }
      CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)).get();
    }
    assertThat(acknowledged).hasSize(2000).isSorted();
    assertThat(read("/wals/rs1/a")).isEqualTo(expected.toString());
  }

  @Test
  void append_ofManyMebibytes_isReadBackWhole() throws Exception {
    String text = "0123456789abcdef".repeat(300_000);
    try (LogAppender log = workspace.create("/wals/rs1/a")) {
      assertThat(log.append(bytes(text)).get()).isEqualTo(text.length());
    }
    assertThat(read("/wals/rs1/a")).isEqualTo(text);
  }

  @Test
  void reader_ofAnOpenLog_seesWhatIsAppendedLater() throws Exception {
    try (LogAppender log = workspace.create("/wals/rs1/a");
        LogReader inside = workspace.open("/wals/rs1/a");
        LogReader outside = open().open("/wals/rs1/a")) {
      assertThat(inside.read(0, ByteBuffer.allocate(10))).isEqualTo(-1);
      for (LogReader reader : List.of(inside, outside)) {
        long before = log.acknowledgedLength();
        log.append(bytes("more")).get();
        // In another process it may take a moment.
        await().untilAsserted(() -> assertThat(reader.length()).isEqualTo(before + 4));
        ByteBuffer target = ByteBuffer.allocate(10);
        assertThat(reader.read(before, target)).isEqualTo(4);
        assertThat(reader.read(before + 4, target)).isEqualTo(-1);
      }
    }
  }

  @Test
  void tailingReader_besideABusyWriter_takesNothingForDamage() throws Exception {
    int appends = 20_000;
    try (LogAppender log = workspace.create("/wals/rs1/a");
        LogReader reader = open().open("/wals/rs1/a")) {
      CompletableFuture<Long> all =
          CompletableFuture.supplyAsync(
              () -> {
                CompletableFuture<Long> last = null;
                for (int i = 0; i < appends; i++) {
                  last = log.append(bytes("0123456789"));
                }
                return last.join();
              });
      long position = 0;
      ByteBuffer target = ByteBuffer.allocate(100);
      while (position < 10L * appends) {
        int read = reader.read(position, target.clear());
        for (int i = 0; i < read; i++) {
          assertThat(target.get(i)).isEqualTo((byte) ('0' + (position + i) % 10));
        }
        position += Math.max(read, 0);
      }
      assertThat(all.get()).isEqualTo(position);
    }
  }

  @Test
  void create_inADirectoryThatWasRenamed_fails() throws Exception {
    workspace.rename("/wals/rs1", "/wals/rs1-splitting");
    assertThatThrownBy(() -> workspace.create("/wals/rs1/b"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("/wals/rs1");
  }

  @Test
  void create_whereSomethingStands_fails() throws Exception {
    workspace.create("/wals/rs1/a").close();
    assertThatThrownBy(() -> workspace.create("/wals/rs1/a"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> workspace.create("/wals/rs1"))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void close_sealsTheLog() throws Exception {
    LogAppender log = workspace.create("/wals/rs1/a");
    log.append(bytes("abc")).get();
    assertThat(workspace.status("/wals/rs1/a").orElseThrow().sealed()).isFalse();
    log.close();
    assertThat(workspace.status("/wals/rs1/a"))
        .hasValueSatisfying(
            status -> {
              assertThat(status.sealed()).isTrue();
              assertThat(status.length()).isEqualTo(3);
            });
    assertThatThrownBy(() -> log.append(bytes("d")).get()).hasMessageContaining("closed");
  }

  @Test
  void recover_keepsEveryAcknowledgedByte_andEndsTheOldWriter() throws Exception {
    LogAppender zombie = workspace.create("/wals/rs1/a");
    zombie.append(bytes("acknowledged")).get();
    workspace.rename("/wals/rs1", "/wals/rs1-splitting");

    assertThat(open().recover("/wals/rs1-splitting/a")).isEqualTo(12);

    assertFenced(zombie);
    assertFenced(zombie);
    assertThat(read("/wals/rs1-splitting/a")).isEqualTo("acknowledged");
    zombie.close();
    assertThat(read("/wals/rs1-splitting/a")).isEqualTo("acknowledged");
  }

  @Test
  void recover_again_givesTheSameLength() throws Exception {
    LogAppender log = workspace.create("/wals/rs1/a");
    log.append(bytes("abc")).get();
    assertThat(workspace.recover("/wals/rs1/a")).isEqualTo(3);
    assertThat(log.append(bytes("never acknowledged"))).failsWithin(Duration.ofMinutes(1));
    assertThat(workspace.recover("/wals/rs1/a")).isEqualTo(3);
    log.close();
  }

  @Test
  void deletedLog_givesItsWriterNoAcknowledgement() throws Exception {
    LogAppender zombie = workspace.create("/wals/rs1/a");
    zombie.append(bytes("abc")).get();
    workspace.delete("/wals/rs1/a");
    assertFenced(zombie);
    assertThat(workspace.status("/wals/rs1/a")).isEmpty();
  }

  @Test
  void movedLog_isNotReadBeforeItIsRecovered() throws Exception {
    LogAppender log = workspace.create("/wals/rs1/a");
    log.append(bytes("abc")).get();
    workspace.rename("/wals/rs1", "/wals/rs1-splitting");
    assertThatThrownBy(() -> workspace.open("/wals/rs1-splitting/a"))
        .isInstanceOf(LogNotRecoveredException.class)
        .hasMessageContaining("/wals/rs1");
    workspace.recover("/wals/rs1-splitting/a");
    assertThat(read("/wals/rs1-splitting/a")).isEqualTo("abc");
    log.close();
  }

  @Test
  void rename_doesNotDisturbTheWriter() throws Exception {
    try (LogAppender log = workspace.create("/wals/rs1/a")) {
      log.append(bytes("abc")).get();
      workspace.createDirectories("/old");
      workspace.rename("/wals/rs1/a", "/old/a");
      assertThat(log.append(bytes("def")).get()).isEqualTo(6);
    }
    assertThat(read("/old/a")).isEqualTo("abcdef");
    assertThat(workspace.status("/wals/rs1/a")).isEmpty();
  }

  @Test
  void rename_ontoSomething_orFromNothing_fails() throws Exception {
    workspace.create("/wals/rs1/a").close();
    workspace.create("/wals/rs1/b").close();
    assertThatThrownBy(() -> workspace.rename("/wals/rs1/a", "/wals/rs1/b"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> workspace.rename("/wals/rs1/none", "/wals/rs1/c"))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> workspace.rename("/wals/rs1/a", "/none/a"))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void list_namesWhatStandsInTheDirectory() throws Exception {
    workspace.create("/wals/rs1/b").close();
    workspace.create("/wals/rs1/a").close();
    assertThat(workspace.list("/wals/rs1"))
        .extracting(PathStatus::path)
        .containsExactly("/wals/rs1/a", "/wals/rs1/b");
    assertThat(workspace.list("/")).extracting(PathStatus::path).containsExactly("/wals");
    assertThatThrownBy(() -> workspace.list("/none")).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void delete_ofADirectoryWithSomethingInIt_fails() throws Exception {
    workspace.create("/wals/rs1/a").close();
    assertThatThrownBy(() -> workspace.delete("/wals/rs1"))
        .isInstanceOf(DirectoryNotEmptyException.class);
    workspace.delete("/wals/rs1/a");
    workspace.delete("/wals/rs1");
    assertThat(workspace.status("/wals/rs1")).isEmpty();
  }

  @Test
  void modificationTime_staysAsSet_alsoAfterRename() throws Exception {
    workspace.create("/wals/rs1/a").close();
    workspace.setModificationTime("/wals/rs1/a", 1_234_567_000L);
    workspace.rename("/wals/rs1/a", "/wals/a");
    assertThat(open().status("/wals/a").orElseThrow().modificationTime()).isEqualTo(1_234_567_000L);
  }

  @Test
  void belowALog_nothingStands_andNothingIsMade() throws Exception {
    workspace.create("/wals/rs1/a").close();
    assertThat(workspace.status("/wals/rs1/a/b/c")).isEmpty();
    assertThatThrownBy(() -> workspace.createDirectories("/wals/rs1/a/b/c"))
        .isInstanceOf(NotDirectoryException.class)
        .hasMessage("/wals/rs1/a");
    assertThatThrownBy(() -> workspace.createDirectories("/wals/rs1/a"))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void appendThatWasInterrupted_isTheEndOfTheLog() throws Exception {
    LogAppender log = workspace.create("/wals/rs1/a");
    log.append(bytes("first")).get();
    // More than the bound of any engine under test, so that the next one has to wait.
    CompletableFuture<Long> large = log.append(ByteBuffer.allocate(32 << 20));
    Thread.currentThread().interrupt();
    CompletableFuture<Long> interrupted = log.append(bytes("interrupted"));
    assertThat(Thread.interrupted()).isTrue();
    if (interrupted.isCompletedExceptionally()) {
      assertThat(log.append(bytes("behind the hole"))).failsWithin(Duration.ofMinutes(1));
      assertThat(large.get()).isEqualTo((32 << 20) + 5);
    }
    log.close();
    assertThat(workspace.status("/wals/rs1/a").orElseThrow().length())
        .isEqualTo((32 << 20) + 5 + (interrupted.isCompletedExceptionally() ? 0 : 11));
  }

  @Test
  void path_outOfTheWorkspace_isRefused() {
    for (String path : List.of("relative", "/../escape", "/wals/../../escape")) {
      assertThatThrownBy(() -> workspace.status(path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(path);
    }
  }

  /**
   * Leaves storage of {@code bytes} bytes or more in the workspace of {@link #open()} that no log
   * names, as a crash of a creation or a deletion does.
   */
  protected abstract void leaveOrphan(int bytes) throws Exception;

  @Test
  void orphans_areWhatNoLogNames() throws Exception {
    workspace.create("/wals/rs1/sealed").close();
    try (LogAppender log = workspace.create("/wals/rs1/open")) {
      log.append(bytes("abc")).get();
      workspace.createDirectories("/old");
      workspace.rename("/wals/rs1/sealed", "/old/sealed");
      assertThat(workspace.orphans(Duration.ZERO)).isEmpty();

      leaveOrphan(1000);
      assertThat(workspace.orphans(Duration.ZERO))
          .singleElement()
          .satisfies(
              orphan -> {
                assertThat(orphan.bytes()).isBetween(1000L, 2000L);
                assertThat(orphan.created())
                    .isBetween(
                        System.currentTimeMillis() - Duration.ofHours(1).toMillis(),
                        System.currentTimeMillis());
              });
    }
  }

  @Test
  void orphans_youngerThanAsked_areLeftOut() throws Exception {
    leaveOrphan(10);
    assertThat(workspace.orphans(Duration.ofHours(1))).isEmpty();
    assertThat(workspace.orphans(Duration.ZERO)).hasSize(1);
  }

  @Test
  void deletedLogs_leaveNoOrphans() throws Exception {
    workspace.create("/wals/rs1/a").close();
    workspace.delete("/wals/rs1/a");
    LogAppender open = workspace.create("/wals/rs1/b");
    workspace.delete("/wals/rs1/b");
    assertThat(workspace.orphans(Duration.ZERO)).isEmpty();
    assertFenced(open);
  }

  @Test
  void deleteOrphan_deletesIt_andNothingElse() throws Exception {
    try (LogAppender log = workspace.create("/wals/rs1/a")) {
      log.append(bytes("kept")).get();
    }
    leaveOrphan(10);
    leaveOrphan(20);
    List<Orphan> orphans = workspace.orphans(Duration.ZERO);
    assertThat(orphans).hasSize(2);
    workspace.deleteOrphan(orphans.get(0));
    workspace.deleteOrphan(orphans.get(0));
    assertThat(open().orphans(Duration.ZERO)).containsExactly(orphans.get(1));
    assertThat(read("/wals/rs1/a")).isEqualTo("kept");
  }

  @Test
  void owner_isTheFirstWhoAsks_andItsProcessesJoin() throws Exception {
    assertThat(workspace.owner()).isEmpty();
    assertThat(workspace.own("cluster A", false)).isEqualTo(1);
    assertThat(open().own("cluster A", false)).isEqualTo(1);
    assertThat(workspace.own("cluster A", false)).isEqualTo(1);
    assertThat(open().owner())
        .hasValueSatisfying(
            owner -> {
              assertThat(owner.name()).isEqualTo("cluster A");
              assertThat(owner.epoch()).isEqualTo(1);
              assertThat(owner.liveProcesses()).isEqualTo(2);
            });
    workspace.create("/wals/rs1/a").close();
  }

  @Test
  void anotherCluster_isRefused_whileTheOwnerLives() throws Exception {
    workspace.own("cluster A", false);
    try (LogAppender log = workspace.create("/wals/rs1/a")) {
      Workspace second = open();
      assertThatThrownBy(() -> second.own("cluster B", false))
          .isInstanceOf(WorkspaceOwnedException.class)
          .hasMessageContainingAll(
              "it belongs to cluster A since", "of which 1 processes are alive", "takeover");
      assertThat(log.append(bytes("undisturbed")).get()).isEqualTo(11);
    }
    workspace.create("/wals/rs1/b").close();
  }

  @Test
  void takeover_endsTheFormerOwnerForGood() throws Exception {
    workspace.own("cluster A", false);
    LogAppender zombie = workspace.create("/wals/rs1/a");
    zombie.append(bytes("acknowledged")).get();
    Workspace second = open();

    assertThat(second.own("cluster B", true)).isEqualTo(2);

    assertFenced(zombie);
    assertThatThrownBy(() -> workspace.create("/wals/rs1/b"))
        .isInstanceOf(WorkspaceOwnedException.class)
        .hasMessageContaining("it belongs to cluster B since");
    assertThatThrownBy(() -> workspace.own("cluster A", false))
        .isInstanceOf(WorkspaceOwnedException.class);
    assertThat(second.status("/wals/rs1/a").orElseThrow())
        .matches(status -> status.sealed() && status.length() == 12);
    second.create("/wals/rs1/b").close();
    zombie.close();
  }

  private static void assertFenced(LogAppender zombie) {
    assertThatThrownBy(() -> zombie.append(bytes("too late")).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(LogFencedException.class);
  }

  protected final String read(String path) throws IOException {
    try (LogReader reader = workspace.open(path)) {
      return readFully(reader);
    }
  }

  public static String readFully(LogReader reader) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) reader.length());
    int read = 0;
    while (all.hasRemaining() && read >= 0) {
      read = reader.read(all.position(), all);
    }
    return UTF_8.decode(all.flip()).toString();
  }

  protected static ByteBuffer bytes(String text) {
    return UTF_8.encode(text);
  }
}
