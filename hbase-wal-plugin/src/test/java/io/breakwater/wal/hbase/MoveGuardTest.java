package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.fs.BwalFileSystem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoveGuardTest {

  private static final Path ROOT = new Path("bwal://cluster-a/hbase");
  private static final String OLD = "rs1,16020,1";
  private static final String NEW = "rs2,16020,2";

  @TempDir private java.nio.file.Path directory;

  private final Configuration toStock = new Configuration();
  private final Configuration toWorkspace = new Configuration();
  private BwalFileSystem fs;

  @BeforeEach
  void serverHasLogsInTheStockDirectory() throws IOException {
    for (Configuration conf : new Configuration[] {toStock, toWorkspace}) {
      conf.set("hbase.wal.dir", ROOT.toString());
      conf.set("breakwater.wal.embedded.dir", directory.resolve("logs").toString());
      conf.set("breakwater.wal.move.stock-wal-dir", directory.resolve("stock").toUri().toString());
    }
    toStock.set("breakwater.wal.move.write-to", "stock");
    fs = new BwalFileSystem();
    fs.initialize(URI.create("bwal://cluster-a/"), toWorkspace);
    Files.createDirectories(directory.resolve("stock/WALs").resolve(OLD));
  }

  @AfterEach
  void close() throws IOException {
    fs.close();
  }

  @Test
  void writingToTheWorkspace_isRefused_whileAServerDoesNotReadIt() {
    assertThatThrownBy(() -> MoveGuard.enter(fs, ROOT, toWorkspace, NEW))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot write WALs to bwal://cluster-a: [rs1,16020,1] do not read it yet; restart them"
                + " with breakwater.wal.move.write-to=stock first, or, if they are dead, wait for"
                + " the master to recover them");
  }

  @Test
  void writingToTheWorkspace_isRefused_whileTheActiveMasterDoesNotReadIt() throws IOException {
    MoveGuard.enter(fs, ROOT, toStock, OLD);
    Files.createDirectories(directory.resolve("stock/MasterData/WALs/master,16000,3"));
    assertThatThrownBy(() -> MoveGuard.enter(fs, ROOT, toWorkspace, NEW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("[master,16000,3] do not read it yet");
  }

  @Test
  void writingToTheWorkspace_isAllowed_whenAllReadIt_orAreBeingRecovered() throws IOException {
    MoveGuard.enter(fs, ROOT, toStock, OLD);
    Files.createDirectories(directory.resolve("stock/WALs/rs3,16020,3-splitting"));
    assertThatCode(() -> MoveGuard.enter(fs, ROOT, toWorkspace, NEW)).doesNotThrowAnyException();
  }

  @Test
  void writingToTheStockDirectory_isAlwaysAllowed() {
    assertThatCode(() -> MoveGuard.enter(fs, ROOT, toStock, NEW)).doesNotThrowAnyException();
  }

  @Test
  void masterStore_belowTheDirectoryOfTheCluster_countsAsItsServer() throws IOException {
    Files.createDirectories(directory.resolve("stock/MasterData/WALs/master,16000,3"));
    MoveGuard.enter(fs, ROOT, toStock, OLD);
    MoveGuard.enter(fs, new Path(ROOT, "MasterData"), toStock, "master,16000,3");
    assertThatCode(() -> MoveGuard.enter(fs, ROOT, toWorkspace, NEW)).doesNotThrowAnyException();
  }

  @Test
  void whoReadBothPlaces_isForgotten_afterTheMove() throws IOException {
    MoveGuard.enter(fs, ROOT, toStock, OLD);
    assertThat(fs.listStatus(ROOT)).hasSize(1);
    MoveGuard.enter(fs, ROOT, new Configuration(), NEW);
    assertThat(fs.listStatus(ROOT)).isEmpty();
  }
}
