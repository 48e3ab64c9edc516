package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody sees who typed something wrong: what it was, and exit code 2. */
class UsageErrorTest extends OnCommandLine {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ls|Missing required parameter: 'LOCATION'",
        "ls prod /a b|Unmatched argument",
        "ls --wrong prod|Unknown option: '--wrong'",
        "ls prod a|Invalid path: a, must begin with /",
        "ls bwal:///a|Invalid location: bwal:///a, must be bwal://WORKSPACE/PATH",
        "ls hdfs://nn/a|Invalid location: hdfs://nn/a, must be bwal://WORKSPACE/PATH",
        "ls prod /none|Cannot find bwal://prod/none: nothing stands at that path",
        "ls other|Cannot open workspace other: there is none of that name, but [prod]",
        "ls -Dbreakwater.wal.embedded.fsync=maybe prod|Invalid breakwater.wal.embedded.fsync: maybe",
        "cat prod /|Cannot read bwal://prod/: it is a directory, must be a log",
        "cat --json prod /|Invalid --json: cat writes the bytes of a log",
        "du --depth -1 prod|Invalid --depth: -1, must be at least 0",
        "scavenge --min-age 59m|Invalid --min-age: 3540s, must be at least 1h",
        "scavenge --min-age soon|'soon' is not an age, must be a number with d, h, m or s",
        "scavenge other|Cannot open workspace other",
        "retention --older-than 1h|Invalid --older-than: 3600s, must be at least 2h",
        "retention --with-open-logs|Missing --delete",
        "copy prod|Missing required parameter: 'TARGET'",
        "copy prod bwal://prod/a|Invalid TARGET: bwal://prod/a, must not be SOURCE",
        "cost prod|Missing required option: '--prices=FILE'",
        "cost prod --prices /none|Cannot read --prices /none: there is no such file",
        "frob|Unmatched argument",
      })
  void wrongArguments_areNamed(String words, String error) {
    Result result = run(words.split(" "));
    assertThat(result.err()).contains(error).doesNotContain("\tat ");
    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void wrongWorkspace_isNotMade() {
    run("ls", "other");
    assertThat(engine("engine").resolve("other")).doesNotExist();
  }

  @Test
  void help_isOnTheStandardOutput() {
    Result result = run("verify", "--help");
    assertThat(result.out()).startsWith("Usage: breakwater-wal verify ");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }
}
