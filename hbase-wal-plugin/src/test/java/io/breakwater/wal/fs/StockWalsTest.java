package io.breakwater.wal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While a cluster moves, its old WAL root and its workspace are one tree to HBase. */
class StockWalsTest {

  private static final String ROOT = "/hbase/";
  private static final String WALS = "WALs/rs1,16020,1";
  private static final String WAL = WALS + "/rs1%2C16020%2C1.100";
  private static final String EDITS_DIR = "data/default/t/0123456789abcdef/recovered.edits";
  private static final String EDITS = EDITS_DIR + "/0000000000000000007";

  @TempDir private java.nio.file.Path directory;

  private java.nio.file.Path stock;
  private Workspace workspace;
  private BwalFileSystem fs;

  @BeforeEach
  void openWorkspaceAsAnotherProcess() throws IOException {
    stock = Files.createDirectories(directory.resolve("stock"));
    workspace =
        EmbeddedWorkspace.open(
            directory.resolve("logs"), "cluster-a", new EmbeddedOptions(true, 64 << 20));
  }

  private void moving(String writeTo) throws IOException {
    Configuration conf = new Configuration();
    conf.set("hbase.wal.dir", "bwal://cluster-a" + ROOT);
    conf.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    conf.set("breakwater.wal.embedded.dir", directory.resolve("logs").toString());
    conf.set("breakwater.wal.move.stock-wal-dir", stock.toUri().toString());
    conf.set("breakwater.wal.move.write-to", writeTo);
    fs = new BwalFileSystem();
    fs.initialize(URI.create("bwal://cluster-a/"), conf);
  }

  @AfterEach
  void close() throws IOException {
    workspace.close();
    fs.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stock", "workspace"})
  void newLogs_goWhereTheConfigurationSays_andDirectoriesWithThem(String writeTo)
      throws IOException {
    moving(writeTo);
    fs.mkdirs(path(WALS));
    write(path(WAL), "entries");

    assertThat(read(path(WAL))).isEqualTo("entries");
    assertThat(Files.exists(stock.resolve(WAL))).isEqualTo(writeTo.equals("stock"));
    assertThat(workspace.status(ROOT + WAL).isPresent()).isEqualTo(writeTo.equals("workspace"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stock", "workspace"})
  void whatStandsInEither_isListedAndReadAndArchivedAndDeleted(String writeTo) throws IOException {
    moving(writeTo);
    inStock(WAL, "old");
    inWorkspace("WALs/rs2,16020,2/rs2%2C16020%2C2.200", "new");
    inStock("oldWALs/archived", "");

    assertThat(list("WALs")).containsExactly("rs1,16020,1", "rs2,16020,2");
    Path[] splitting = {path(WALS + "-splitting"), path("WALs/rs2,16020,2-splitting")};
    assertThat(fs.rename(path(WALS), splitting[0])).isTrue();
    assertThat(fs.rename(path("WALs/rs2,16020,2"), splitting[1])).isTrue();
    for (Path server : splitting) {
      for (FileStatus log : fs.listStatus(server)) {
        assertThat(fs.recoverLease(log.getPath())).isTrue();
        assertThat(fs.isFileClosed(log.getPath())).isTrue();
        assertThat(fs.rename(log.getPath(), path("oldWALs"))).isTrue();
      }
      assertThat(fs.delete(server, false)).isTrue();
    }
    assertThat(list("WALs")).isEmpty();
    assertThat(list("oldWALs"))
        .containsExactly("archived", "rs1%2C16020%2C1.100", "rs2%2C16020%2C2.200");
    assertThat(read(path("oldWALs/rs1%2C16020%2C1.100"))).isEqualTo("old");
    assertThat(read(path("oldWALs/rs2%2C16020%2C2.200"))).isEqualTo("new");
    assertThat(fs.delete(path("oldWALs"), true)).isTrue();
    assertThat(fs.exists(path("oldWALs"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stock", "workspace"})
  void serverWhoseDirectoryWasRenamedAway_cannotCreateALog(String writeTo) throws IOException {
    moving(writeTo);
    fs.mkdirs(path(WALS));
    fs.rename(path(WALS), path(WALS + "-splitting"));
    assertThatThrownBy(() -> createNonRecursive(path(WAL)))
        .isInstanceOf(FileNotFoundException.class);
    assertThat(list("WALs")).containsExactly("rs1,16020,1-splitting");
  }

  @Test
  void recoveredEdits_canBeAddedInOnePlace_whileTheDirectoryIsInTheOther() throws IOException {
    moving("workspace");
    inStock(EDITS, "old");
    createNonRecursive(path(EDITS_DIR + "/0000000000000000009.temp")).close();
    assertThat(
            fs.rename(
                path(EDITS_DIR + "/0000000000000000009.temp"),
                path(EDITS_DIR + "/0000000000000000009")))
        .isTrue();
    assertThat(list(EDITS_DIR)).containsExactly("0000000000000000007", "0000000000000000009");

    createNonRecursive(path(EDITS_DIR + "/0000000000000000007.temp")).close();
    assertThat(fs.rename(path(EDITS_DIR + "/0000000000000000007.temp"), path(EDITS))).isFalse();
    assertThat(read(path(EDITS))).isEqualTo("old");
    assertThatThrownBy(() -> fs.delete(path(EDITS_DIR), false))
        .isInstanceOf(PathIsNotEmptyDirectoryException.class);
  }

  @Test
  void pathOfAServerThatHasNotMoved_isUnderstood() throws IOException {
    moving("workspace");
    inStock(WAL, "old");
    FileStatus status = fs.getFileStatus(new Path(stock.resolve(WAL).toUri()));
    assertThat(status.getPath()).isEqualTo(path(WAL));
    assertThat(status.getLen()).isEqualTo(3);
  }

  @Test
  void logInBothPlaces_isAnErrorThatNamesIt_notALogThatHidesAnother() throws IOException {
    moving("workspace");
    inStock(WAL, "old");
    inWorkspace(WAL, "new");
    assertThatThrownBy(() -> fs.listStatus(path(WALS)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot list /hbase/WALs/rs1,16020,1: ")
        .hasMessageContaining("rs1%2C16020%2C1.100 is in workspace cluster-a too");
    assertThatThrownBy(() -> fs.rename(path(WALS), path(WALS + "-splitting")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot rename /hbase/WALs/rs1,16020,1: it is in workspace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/default/t/0123456789abcdef/f/hfile",
        "MasterData/data/master/store/0123456789abcdef/info/hfile",
        "hbase.id",
        "archive/data/default/t/0123456789abcdef/f/hfile"
      })
  void whatIsNoWal_isNeitherSeenNorDeleted(String file) throws IOException {
    moving("stock");
    inStock(file, "rows");
    assertThat(fs.exists(path(file))).isFalse();
    assertThat(fs.delete(path(file), false)).isFalse();
    assertThat(fs.delete(path(file).getParent(), true)).isFalse();
    assertThat(Files.readString(stock.resolve(file))).isEqualTo("rows");
  }

  private Path path(String relative) {
    return new Path("bwal", "cluster-a", ROOT + relative);
  }

  private void inStock(String relative, String text) throws IOException {
    java.nio.file.Path file = stock.resolve(relative);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void inWorkspace(String relative, String text) throws IOException {
    String file = ROOT + relative;
    workspace.createDirectories(file.substring(0, file.lastIndexOf('/')));
    try (LogAppender log = workspace.create(file)) {
      log.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))).join();
    }
  }

  private List<String> list(String relative) throws IOException {
    return Stream.of(fs.listStatus(path(relative)))
        .map(status -> status.getPath().getName())
        .toList();
  }

  private void write(Path path, String text) throws IOException {
    try (FSDataOutputStream out = createNonRecursive(path)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @SuppressWarnings("deprecation") // The one that HBase calls.
  private FSDataOutputStream createNonRecursive(Path path) throws IOException {
    return fs.createNonRecursive(path, false, 4096, (short) 1, 1 << 20, null);
  }

  private String read(Path path) throws IOException {
    try (FSDataInputStream in = fs.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
