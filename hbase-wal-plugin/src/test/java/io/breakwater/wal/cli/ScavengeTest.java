package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScavengeTest extends OnCommandLine {

  private Path orphan;

  @BeforeEach
  void leaveAnOrphan() throws Exception {
    write("/kept", "kept");
    write("/lost", "0123456789");
    orphan = stored("/lost");
    Files.delete(engine("engine").resolve("prod/tree/lost"));
  }

  @Test
  void orphans_areReportedAndStay() throws Exception {
    age(Duration.ofDays(2));
    Result result = run("scavenge", "--json");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.json())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.get("workspace").asText()).isEqualTo("prod");
              assertThat(orphan.toString()).contains(line.get("orphan").asText());
              assertThat(line.get("bytes").asLong()).isGreaterThan(10);
              assertThat(line.get("deleted").asBoolean()).isFalse();
            });
    assertThat(orphan).exists();
  }

  @Test
  void youngOrphans_areLeftAlone() throws Exception {
    assertThat(run("scavenge", "--delete"))
        .extracting(Result::out, Result::code)
        .containsExactly("", 0);
    age(Duration.ofHours(3));
    assertThat(run("scavenge", "--delete").out()).isEmpty();
    assertThat(orphan).exists();
    assertThat(run("scavenge", "--min-age", "2h").code()).isEqualTo(1);
  }

  @Test
  void delete_deletesThem_andNoLog() throws Exception {
    age(Duration.ofDays(2));
    Result result = run("scavenge", "--delete", "prod");
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("deleted ");
    assertThat(orphan).doesNotExist();
    assertThat(run("cat", "prod", "/kept").out()).isEqualTo("kept");
    assertThat(run("scavenge").code()).isZero();
  }

  @Test
  void otherWorkspaces_areLeftAlone() throws Exception {
    Workspace other = Workspaces.open("other", conf);
    write(other, "/a", "a");
    age(Duration.ofDays(2));
    assertThat(run("scavenge", "--delete", "other").out()).isEmpty();
    assertThat(orphan).exists();
  }
}
