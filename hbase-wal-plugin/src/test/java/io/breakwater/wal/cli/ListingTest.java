package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.LogAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code workspaces}, {@code ls} and {@code du}. */
class ListingTest extends OnCommandLine {

  private LogAppender open;

  @BeforeEach
  void write() throws Exception {
    write("/hbase/oldWALs/a", "0123456789");
    open = writing("/hbase/WALs/rs1/b", "01234");
    workspace.setModificationTime("/hbase/oldWALs/a", 1_700_000_000_000L);
  }

  @AfterEach
  void close() throws Exception {
    open.close();
  }

  @Test
  void workspaces_haveTheirSums() throws Exception {
    Workspaces.open("empty", conf);
    List<JsonNode> lines = run("workspaces", "--json").json();
    assertThat(lines)
        .extracting(line -> line.get("workspace").asText())
        .containsExactly("empty", "prod");
    assertThat(lines.get(0).get("logs").asInt()).isZero();
    assertThat(lines.get(1).get("logs").asInt()).isEqualTo(2);
    assertThat(lines.get(1).get("unsealed").asInt()).isEqualTo(1);
    assertThat(lines.get(1).get("bytes").asLong()).isEqualTo(15);
    assertThat(lines.get(1).get("lastChange").asText()).matches("20\\d\\d-.*Z");
    assertThat(run("workspaces").out().lines().skip(1))
        .anySatisfy(line -> assertThat(line).matches("prod +2 +1 +15 B +20.*Z +none"));
  }

  @Test
  void ls_ofADirectory_isWhatStandsInIt() throws Exception {
    assertThat(run("ls", "--json", "prod", "/hbase").json())
        .extracting(line -> line.get("path").asText(), line -> line.get("type").asText())
        .containsExactly(
            tuple("bwal://prod/hbase/WALs", "directory"),
            tuple("bwal://prod/hbase/oldWALs", "directory"));
  }

  @Test
  void ls_ofALog_isThatLog() throws Exception {
    assertThat(run("ls", "--json", "bwal://prod/hbase/oldWALs/a").out())
        .isEqualTo(
            """
            {"path":"bwal://prod/hbase/oldWALs/a","type":"log","state":"sealed","bytes":10,"modified":"2023-11-14T22:13:20Z"}
            """);
    assertThat(run("ls", "bwal://prod/hbase/oldWALs/a").out())
        .isEqualTo("sealed              10  2023-11-14T22:13:20Z  /hbase/oldWALs/a\n");
  }

  @Test
  void ls_recursively_isEverythingBelow() throws Exception {
    assertThat(run("ls", "-R", "--json", "prod").json())
        .extracting(line -> line.get("path").asText(), line -> line.get("state").asText())
        .containsExactly(
            tuple("bwal://prod/hbase", "null"),
            tuple("bwal://prod/hbase/WALs", "null"),
            tuple("bwal://prod/hbase/WALs/rs1", "null"),
            tuple("bwal://prod/hbase/WALs/rs1/b", "open"),
            tuple("bwal://prod/hbase/oldWALs", "null"),
            tuple("bwal://prod/hbase/oldWALs/a", "sealed"));
  }

  @Test
  void du_sumsUpEachDirectoryDownToTheDepth() throws Exception {
    assertThat(run("du", "--json", "prod", "/hbase/").out())
        .isEqualTo(
            """
            {"path":"bwal://prod/hbase","logs":2,"unsealed":1,"bytes":15}
            {"path":"bwal://prod/hbase/WALs","logs":1,"unsealed":1,"bytes":5}
            {"path":"bwal://prod/hbase/oldWALs","logs":1,"unsealed":0,"bytes":10}
            """);
    assertThat(run("du", "--depth", "0", "prod").out().lines().skip(1))
        .containsExactly("       2        1         15 B  /");
  }
}
