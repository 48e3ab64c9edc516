package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogFencedException;
import org.junit.jupiter.api.Test;

class FenceTest extends OnCommandLine {

  @Test
  void fencedLogs_areSealed_andTheirWritersGetNoAcknowledgement() throws Exception {
    LogAppender first = writing("/hbase/WALs/rs1/a", "0123");
    LogAppender second = writing("/hbase/WALs/rs2/a", "012345");
    LogAppender elsewhere = writing("/other", "0");

    Result result = run("fence", "--yes", "--json", "prod", "/hbase/WALs");

    assertThat(result.code()).isZero();
    assertThat(result.json())
        .extracting(line -> line.get("path").asText() + " " + line.get("bytes").asInt())
        .containsExactly("bwal://prod/hbase/WALs/rs1/a 4", "bwal://prod/hbase/WALs/rs2/a 6");
    for (LogAppender fenced : new LogAppender[] {first, second}) {
      assertThatThrownBy(() -> fenced.append(bytes("late")).get())
          .hasCauseInstanceOf(LogFencedException.class);
      fenced.close();
    }
    assertThat(elsewhere.append(bytes("1")).get()).isEqualTo(2);
    elsewhere.close();
    assertThat(run("fence", "prod", "/hbase/WALs").out()).contains("no open logs");
  }

  @Test
  void withoutAYes_nothingIsFenced() throws Exception {
    try (LogAppender log = writing("/a", "0123")) {
      for (String answer : new String[] {"", "no\n", "y\n"}) {
        Result result = answering(answer, "fence", "prod");
        assertThat(result.err())
            .contains("Fence 1 open logs at bwal://prod/? Type yes to go on: ")
            .contains("Cannot go on: not confirmed");
        assertThat(result.code()).isEqualTo(2);
      }
      assertThat(log.append(bytes("4")).get()).isEqualTo(5);
      assertThat(answering("yes\n", "fence", "prod").code()).isZero();
      assertThatThrownBy(() -> log.append(bytes("5")).get())
          .hasCauseInstanceOf(LogFencedException.class);
    }
  }
}
