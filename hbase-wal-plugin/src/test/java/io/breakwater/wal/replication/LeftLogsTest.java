package io.breakwater.wal.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.ServerName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftLogsTest {

  private static final ServerName A = ServerName.valueOf("a.example.org,16020,1");
  private static final ServerName B = ServerName.valueOf("b-2,16020,2");

  @TempDir private Path root;

  @Test
  void logsOfDeadServers_areTheirOwn_beforeAndDuringTheirSplit() throws IOException {
    log("WALs/a.example.org,16020,1/a.example.org%2C16020%2C1.100");
    log("WALs/b-2,16020,2-splitting/b-2%2C16020%2C2.b-2%2C16020%2C2.regiongroup-0.200");

    assertThat(left().byServer())
        .isEqualTo(
            Map.of(
                A, List.of("a.example.org%2C16020%2C1.100"),
                B, List.of("b-2%2C16020%2C2.b-2%2C16020%2C2.regiongroup-0.200")));
    assertThat(left().claimedByMaster()).isTrue();
  }

  @Test
  void archivedLog_isItsServersOwn_orAnyOthersThatTheMasterWillRecover() throws IOException {
    log("WALs/b-2,16020,2/b-2%2C16020%2C2.300");
    log("oldWALs/b-2%2C16020%2C2.200");
    log("oldWALs/a.example.org%2C16020%2C1.100");

    assertThat(left().byServer().keySet()).containsExactly(B);
    assertThat(left().byServer().get(B))
        .containsExactlyInAnyOrder(
            "b-2%2C16020%2C2.300", "b-2%2C16020%2C2.200", "a.example.org%2C16020%2C1.100");
  }

  @Test
  void archivedLogsAlone_areLeftToAnOperator() throws IOException {
    log("oldWALs/a.example.org%2C16020%2C1.100");

    assertThat(left().byServer()).isEqualTo(Map.of(A, List.of("a.example.org%2C16020%2C1.100")));
    assertThat(left().claimedByMaster()).isFalse();
  }

  @Test
  void logsWithoutRowsOfUsers_areNotCounted() throws IOException {
    log("WALs/a.example.org,16020,1/a.example.org%2C16020%2C1.meta.100.meta");
    log("oldWALs/localhost%2C16000%2C9.100$masterlocalwal$");

    assertThat(left().count()).isZero();
  }

  @Test
  void directoryThatBelongsToNoServer_isAnErrorThatNamesIt() throws IOException {
    log("WALs/copy-of-something/a.example.org%2C16020%2C1.100");

    assertThatThrownBy(this::left)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot tell whose logs are in ")
        .hasMessageContaining("copy-of-something");
  }

  private void log(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }

  private LeftLogs left() throws IOException {
    return LeftLogs.below(
        new org.apache.hadoop.fs.Path(root.toUri()), FileSystem.getLocal(new Configuration()));
  }
}
