package io.breakwater.wal.log.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.LogVersionException;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.OwnerRecord;
import io.breakwater.wal.log.StoredFormat;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workspaces that earlier builds have left on a disk, and files that a later one may leave. */
class EmbeddedFormatsTest {

  private static final String CURRENT = "embedded-0.1.0";
  private static final String SEALED = "/hbase/oldWALs/sealed";
  private static final String SEALED_TEXT = "written, sealed and moved";
  private static final String OPEN = "/hbase/WALs/rs1/open";
  private static final String OPEN_TEXT = "acknowledged, then killed";

  @TempDir private Path directory;

  private Path root;
  private EmbeddedWorkspace workspace;

  private void store(String build) throws Exception {
    StoredFormat.copy(build, directory);
    root = directory.resolve("prod");
  }

  private void open() throws IOException {
    workspace = EmbeddedWorkspace.open(directory, "prod", new EmbeddedOptions(true, 1 << 20));
  }

  @AfterEach
  void close() {
    if (workspace != null) {
      workspace.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded-f2646a3", CURRENT})
  void workspaceOfThisBuild_isReadRecoveredAndGoneOnWith(String build) throws Exception {
    store(build);
    open();

    assertThat(read(SEALED)).isEqualTo(SEALED_TEXT);
    assertThat(workspace.recover(OPEN)).isEqualTo(OPEN_TEXT.length());
    assertThat(read(OPEN)).isEqualTo(OPEN_TEXT);
    assertThat(workspace.orphans(Duration.ZERO)).isEmpty();
    try (LogAppender log = workspace.create("/hbase/WALs/rs1/next")) {
      log.append(UTF_8.encode("goes on")).get();
    }
    assertThat(read("/hbase/WALs/rs1/next")).isEqualTo("goes on");
  }

  @Test
  void workspaceFromBeforeThereWereOwners_isOwnedByTheFirstToAsk() throws Exception {
    store("embedded-f2646a3");
    open();
    assertThat(workspace.owner()).isEmpty();
    assertThat(workspace.own("cluster-a", false)).isEqualTo(1);
  }

  @Test
  void owner_isKnownAndTakenOverFrom() throws Exception {
    store(CURRENT);
    open();
    assertThat(workspace.owner()).map(Owner::name).contains("cluster-b");
    assertThat(workspace.own("cluster-c", false)).isEqualTo(3);
    assertThat(read(OPEN)).isEqualTo(OPEN_TEXT);
  }

  /** If this fails, the format has changed: give it a new version and go on reading version 1. */
  @Test
  void whatIsWrittenNow_isWhatIsStoredAsVersion1() throws Exception {
    store(CURRENT);
    Entry entry = Entry.read(tree(SEALED));
    assertThat(entry.encode()).isEqualTo(ByteBuffer.wrap(Files.readAllBytes(tree(SEALED))));

    RecordFormat format = new RecordFormat(entry.id());
    ByteBuffer log = ByteBuffer.allocate(1 << 10).put(format.fileHeader());
    long position = 0;
    for (String append : List.of("written, ", "sealed ", "and moved")) {
      ByteBuffer payload = UTF_8.encode(append);
      format.putRecordHeader(log, payload, position, position);
      position += payload.remaining();
      log.put(payload);
    }
    assertThat(log.flip()).isEqualTo(ByteBuffer.wrap(Files.readAllBytes(data(SEALED))));

    Path fresh = Files.createDirectory(directory.resolve("fresh"));
    assertThat(new LogFiles(fresh).seal(entry.id(), position)).isTrue();
    assertThat(fresh.resolve(entry.id() + ".seal")).hasSameBinaryContentAs(seal(SEALED));

    byte[] owner = Files.readAllBytes(root.resolve("owner"));
    assertThat(OwnerRecord.decode(owner, "owner").encode()).isEqualTo(owner);
    assertThat(root.resolve("owner.fenced")).hasContent("2");
    assertThat(root.resolve("WORKSPACE")).hasContent("breakwater-workspace 1\n");
  }

  @Test
  void laterWorkspace_isNotOpened() throws Exception {
    store(CURRENT);
    Path marker = Files.writeString(root.resolve("WORKSPACE"), "breakwater-workspace 2\n");
    refuses("open workspace prod", marker, this::open);
  }

  @Test
  void laterOwner_isNotTakenOverFrom() throws Exception {
    store(CURRENT);
    Path owner = Files.writeString(root.resolve("owner"), "breakwater-owner 2\nclusters=a b\n");
    open();
    refuses("read the owner of a workspace", owner, () -> workspace.own("cluster-c", true));
  }

  @Test
  void laterEntry_isNeitherReadNorDeleted_norAreThereOrphansBesideIt() throws Exception {
    store(CURRENT);
    Path entry = Files.writeString(tree(SEALED), "breakwater-log 2\n{}\n");
    open();
    String what = "read the entry of a log";
    refuses(what, entry, () -> workspace.open(SEALED));
    refuses(what, entry, () -> workspace.recover(SEALED));
    refuses(what, entry, () -> workspace.delete(SEALED));
    refuses(what, entry, () -> workspace.orphans(Duration.ZERO));
  }

  @Test
  void laterLog_isNeitherReadNorSealed() throws Exception {
    store(CURRENT);
    Path data = data(OPEN);
    byte[] bytes = Files.readAllBytes(data);
    bytes[7] = 2;
    ByteBuffer.wrap(bytes).putInt(28, RecordFormat.checksum(ByteBuffer.wrap(bytes, 0, 28)));
    Files.write(data, bytes);
    open();
    refuses("read a log", data, () -> workspace.open(OPEN));
    refuses("read a log", data, () -> workspace.recover(OPEN));
    assertThat(seal(OPEN)).doesNotExist();
  }

  @Test
  void laterSeal_isNotReplaced() throws Exception {
    store(CURRENT);
    ByteBuffer bytes = ByteBuffer.allocate(64);
    bytes.putLong(0x42575345414C0002L).position(60);
    bytes.putInt(RecordFormat.checksum(ByteBuffer.wrap(bytes.array(), 0, 60)));
    Path seal = Files.write(seal(SEALED), bytes.array());
    open();
    refuses("read the seal of a log", seal, () -> workspace.open(SEALED).length());
    refuses("read the seal of a log", seal, () -> workspace.recover(SEALED));
  }

  /** All files stay as they are, but those that say who may write. */
  private void refuses(String what, Path file, ThrowingCallable action) throws IOException {
    Map<String, String> before = stored();
    assertThatThrownBy(action)
        .isInstanceOf(LogVersionException.class)
        .hasMessage(StoredFormat.later(what, file));
    assertThat(stored()).isEqualTo(before);
  }

  private Map<String, String> stored() throws IOException {
    return StoredFormat.contents(
        root, name -> !name.endsWith(".open") && !name.endsWith(".lock") && !name.startsWith("2-"));
  }

  private Path tree(String path) {
    return root.resolve("tree" + path);
  }

  private Path data(String path) throws IOException {
    return root.resolve("logs/" + Entry.read(tree(path)).id() + ".log");
  }

  private Path seal(String path) throws IOException {
    return root.resolve("logs/" + Entry.read(tree(path)).id() + ".seal");
  }

  private String read(String path) throws IOException {
    try (LogReader reader = workspace.open(path)) {
      return WorkspaceContract.readFully(reader);
    }
  }
}
