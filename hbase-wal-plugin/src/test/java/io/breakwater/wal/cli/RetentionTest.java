package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.Workspace;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest extends OnCommandLine {

  @BeforeEach
  void writeALog() throws Exception {
    write("/hbase/oldWALs/a", "0123456789");
  }

  @Test
  void workspaceThatNobodyWroteToForTheRetention_isReportedAndStays() throws Exception {
    age(Duration.ofDays(29));
    assertThat(run("retention")).extracting(Result::out, Result::code).containsExactly("", 0);
    age(Duration.ofDays(31));
    Result result = run("retention", "--json");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.json())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.get("workspace").asText()).isEqualTo("prod");
              assertThat(line.get("logs").asInt()).isEqualTo(1);
              assertThat(line.get("deleted").asBoolean()).isFalse();
            });
    assertThat(run("cat", "prod", "/hbase/oldWALs/a").out()).isEqualTo("0123456789");
  }

  @Test
  void delete_emptiesIt_andLeavesOthersAlone() throws Exception {
    age(Duration.ofDays(31));
    Workspace live = Workspaces.open("live", conf);
    write(live, "/a", "a");
    Result result = run("retention", "--delete", "--yes");
    assertThat(result.out()).startsWith("deleted all of prod: 1 logs, 0 of them open, 10 B");
    assertThat(result.code()).isZero();
    assertThat(workspace.list("/")).isEmpty();
    assertThat(engine("engine").resolve("prod/logs")).isEmptyDirectory();
    assertThat(live.list("/")).hasSize(1);
    assertThat(run("retention").out()).isEmpty();
  }

  @Test
  void delete_asksFirst() throws Exception {
    age(Duration.ofDays(31));
    Result result = answering("no\n", "retention", "--delete");
    assertThat(result.err()).contains("Delete all logs of workspace prod? Type yes to go on: ");
    assertThat(result.code()).isEqualTo(2);
    assertThat(workspace.list("/hbase/oldWALs")).hasSize(1);
  }

  @Test
  void workspaceWithOpenLogs_isKept_unlessSaidSo() throws Exception {
    LogAppender open = writing("/hbase/WALs/rs1/b", "unreplayed");
    age(Duration.ofDays(31));
    Result result = run("retention", "--delete", "--yes");
    assertThat(result.out()).startsWith("kept, it has open logs: prod: 2 logs, 1 of them open");
    assertThat(result.code()).isEqualTo(1);
    assertThat(run("cat", "prod", "/hbase/WALs/rs1/b").out()).isEqualTo("unreplayed");

    assertThat(run("retention", "--delete", "--with-open-logs", "--yes").code()).isZero();
    assertThat(workspace.list("/")).isEmpty();
    assertThat(open.append(bytes("late"))).failsWithin(Duration.ofMinutes(1));
  }
}
