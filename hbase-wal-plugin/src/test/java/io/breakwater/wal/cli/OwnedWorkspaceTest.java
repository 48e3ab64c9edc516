package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogFencedException;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceOwnedException;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands on a workspace whose owner is alive: this process. */
class OwnedWorkspaceTest extends OnCommandLine {

  private Workspace owned;
  private LogAppender log;

  @BeforeEach
  void own() throws Exception {
    // Another object, as another process has.
    owned = EmbeddedWorkspace.open(engine("engine"), "prod", new EmbeddedOptions(true, 1 << 20));
    owned.own("cluster-a", false);
    owned.createDirectories("/hbase");
    log = owned.create("/hbase/a");
    log.append(bytes("0123")).get();
  }

  @AfterEach
  void close() throws Exception {
    log.close();
    owned.close();
  }

  @Test
  void workspaces_nameTheOwner() throws Exception {
    JsonNode owner = run("workspaces", "--json").json().get(0).get("owner");
    assertThat(owner.get("name").asText()).isEqualTo("cluster-a");
    assertThat(owner.get("epoch").asInt()).isEqualTo(1);
    assertThat(owner.get("liveProcesses").asInt()).isEqualTo(1);
    assertThat(run("workspaces").out()).contains("cluster-a, 1 alive");
  }

  @Test
  void fence_isRefused_unlessForced() throws Exception {
    Result refused = run("fence", "--yes", "prod");
    assertThat(refused.err())
        .contains(
            "Cannot fence logs of workspace prod: it belongs to cluster-a, of which 1 processes are"
                + " alive; stop them, or use --force");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(log.append(bytes("4")).get()).isEqualTo(5);

    assertThat(run("fence", "--yes", "--force", "prod").code()).isZero();
    assertFenced();
  }

  @Test
  void copy_doesNotRecoverItsLogs() throws Exception {
    Result refused = run("copy", "--recover", "prod", "backup");
    assertThat(refused.err()).contains("Cannot recover logs of workspace prod: it belongs to");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(log.append(bytes("4")).get()).isEqualTo(5);
  }

  @Test
  void retention_leavesItAlone_howeverOldItsLogs() throws Exception {
    age(Duration.ofDays(100));
    Result result = run("retention", "--delete", "--with-open-logs", "--yes");
    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(workspace.list("/hbase")).hasSize(1);
  }

  @Test
  void takeover_endsTheOwner_andRecoversItsLogs() throws Exception {
    Result result = run("takeover", "--json", "--yes", "--owner", "cluster-b", "prod");
    assertThat(result.code()).as(result.err()).isZero();
    JsonNode line = result.json().get(0);
    assertThat(line.get("owner").asText()).isEqualTo("cluster-b");
    assertThat(line.get("epoch").asInt()).isEqualTo(2);
    assertThat(line.get("previous").get("name").asText()).isEqualTo("cluster-a");
    assertFenced();
    assertThatThrownBy(() -> owned.create("/hbase/b")).isInstanceOf(WorkspaceOwnedException.class);
    assertThat(workspace.status("/hbase/a").orElseThrow().length()).isEqualTo(4);
  }

  @Test
  void takeover_asksFirst_andNamesTheOwner() throws Exception {
    Result refused = answering("no\n", "takeover", "prod");
    assertThat(refused.err())
        .contains("Take workspace prod from cluster-a, of which 1 processes are alive? Type yes");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(log.append(bytes("4")).get()).isEqualTo(5);
    assertThat(answering("yes\n", "takeover", "prod").out())
        .startsWith("workspace prod belongs to breakwater-wal takeover, epoch 2");
    assertFenced();
  }

  private void assertFenced() {
    assertThatThrownBy(() -> log.append(bytes("late")).get())
        .hasCauseInstanceOf(LogFencedException.class);
  }
}
