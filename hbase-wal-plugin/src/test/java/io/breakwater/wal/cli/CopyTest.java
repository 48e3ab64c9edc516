package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogFencedException;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class CopyTest extends OnCommandLine {

  @Test
  void tree_isCopiedWithItsEmptyDirectoriesAndTimes() throws Exception {
    write("/hbase/oldWALs/a", "0123456789");
    write("/hbase/WALs/rs1/b", "01234");
    workspace.createDirectories("/hbase/corrupt");
    workspace.setModificationTime("/hbase/oldWALs/a", 1_700_000_000_000L);

    Result result = run("copy", "--json", "prod", "bwal://backup/old");

    assertThat(result.code()).isZero();
    assertThat(result.json())
        .anySatisfy(
            line -> {
              assertThat(line.path("path").asText()).isEqualTo("/old/hbase/oldWALs/a");
              // Of the CRC-32C of "0123456789".
              assertThat(line.path("crc32c").asText()).isEqualTo("280c069e");
            });
    assertThat(summary(result).get("copied").asInt()).isEqualTo(2);
    Workspace backup = Workspaces.open("backup", conf);
    assertThat(backup.list("/old/hbase"))
        .extracting(PathStatus::path)
        .containsExactly("/old/hbase/WALs", "/old/hbase/corrupt", "/old/hbase/oldWALs");
    assertThat(read(backup, "/old/hbase/oldWALs/a")).isEqualTo("0123456789");
    assertThat(backup.status("/old/hbase/oldWALs/a").orElseThrow())
        .satisfies(
            log -> {
              assertThat(log.sealed()).isTrue();
              assertThat(log.modificationTime()).isEqualTo(1_700_000_000_000L);
            });
  }

  @Test
  void anotherEngineOrPlace_isNamedByPropertiesOfTheTarget() throws Exception {
    write("/a", "0123456789");
    Path there = engine("there");
    Result result = run("copy", "prod", "prod", "-Tbreakwater.wal.embedded.dir=" + there);
    assertThat(result.err()).isEmpty();
    Configuration target = new Configuration(conf);
    target.set("breakwater.wal.embedded.dir", there.toString());
    assertThat(read(Workspaces.open("prod", target), "/a")).isEqualTo("0123456789");

    Path site = directory.resolve("target-site.xml");
    target.set("breakwater.wal.embedded.dir", engine("elsewhere").toString());
    try (var out = Files.newOutputStream(site)) {
      target.writeXml(out);
    }
    assertThat(run("copy", "prod", "prod", "--target-site", site.toString()).code()).isZero();
    assertThat(engine("elsewhere").resolve("prod/tree/a")).exists();
  }

  @Test
  void interruptedCopy_isBegunAgain_andWhatIsThereIsLeftOut() throws Exception {
    write("/a", "0123456789");
    write("/b", "0123456789");
    Workspace backup = Workspaces.open("backup", conf);
    write(backup, "/a", "0123456789");
    LogAppender killed = backup.create("/b" + LogCopy.UNFINISHED);
    killed.append(bytes("0123")).get();

    Result result = run("copy", "--json", "prod", "backup");

    assertThat(summary(result).get("copied").asInt()).isEqualTo(1);
    assertThat(summary(result).get("skipped").asInt()).isEqualTo(1);
    assertThat(result.code()).isZero();
    assertThat(read(backup, "/b")).isEqualTo("0123456789");
    assertThat(backup.list("/")).extracting(PathStatus::path).containsExactly("/a", "/b");
    assertThatThrownBy(() -> killed.append(bytes("4")).get())
        .hasCauseInstanceOf(LogFencedException.class);
  }

  @Test
  void damagedLog_isNotCopied_butTheOthersAre() throws Exception {
    write("/a", "0123456789");
    write("/b", "0123456789");
    write("/c", "0123456789");
    Path file = damage("/b", 1);
    Result result = run("copy", "prod", "backup");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("FAILED   /b: Cannot read a log: " + file + " is damaged at offset 32")
        .contains("2 copied, 0 there already, 1 failed");
    assertThat(Workspaces.open("backup", conf).status("/b")).isEmpty();
  }

  @Test
  void anotherLogAtTheTarget_isNotOverwritten() throws Exception {
    write("/a", "0123456789");
    Workspace backup = Workspaces.open("backup", conf);
    write(backup, "/a", "mine");
    Result result = run("copy", "prod", "backup");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("another log or directory stands there");
    assertThat(read(backup, "/a")).isEqualTo("mine");
  }

  @Test
  void openLog_isRefused_andRecoveredIfSaidSo() throws Exception {
    write("/a", "0123456789");
    LogAppender open = writing("/b", "acknowledged");
    Result refused = run("copy", "prod", "backup");
    assertThat(refused.err()).contains("Cannot copy bwal://prod/: 1 logs are open").contains("/b");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(open.append(bytes(", too")).get()).isEqualTo(17);
    assertThat(engine("engine").resolve("backup")).doesNotExist();

    assertThat(run("copy", "--recover", "prod", "backup").code()).isZero();
    assertThat(read(Workspaces.open("backup", conf), "/b")).isEqualTo("acknowledged, too");
    assertThatThrownBy(() -> open.append(bytes("late")).get())
        .hasCauseInstanceOf(LogFencedException.class);
  }

  @Test
  void oneLog_canBeCopiedToAnotherName() throws Exception {
    write("/a", "0123456789");
    assertThat(run("copy", "bwal://prod/a", "bwal://prod/b/c").code()).isZero();
    assertThat(read(workspace, "/b/c")).isEqualTo("0123456789");
  }

  private static String read(Workspace workspace, String path) throws IOException {
    try (var reader = workspace.open(path)) {
      return WorkspaceContract.readFully(reader);
    }
  }

  private static JsonNode summary(Result result) throws IOException {
    List<JsonNode> lines = result.json();
    assertThat(lines).as(result.err()).isNotEmpty();
    return lines.get(lines.size() - 1);
  }
}
