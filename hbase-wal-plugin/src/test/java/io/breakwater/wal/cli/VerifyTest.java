package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.PathStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifyTest extends OnCommandLine {

  @Test
  void wholeLogs_areCountedWithTheirEntries() throws Exception {
    org.apache.hadoop.fs.Path log = HBaseLogs.write(conf, directory.resolve("hfiles"), 50);
    Result result = run("verify", "--json", "prod");
    assertThat(result.code()).isZero();
    assertThat(lineOf(result, log.toString()).get("entries").asInt()).isEqualTo(50);
    assertThat(summary(result).get("ok").asInt()).isEqualTo(1);
    assertThat(summary(result).get("bytes").asLong())
        .isEqualTo(workspace.status(log.toUri().getPath()).orElseThrow().length());
  }

  @Test
  void damagedByte_isAFindingWithFileOffsetAndCause() throws Exception {
    write("/logs/a", "0123456789");
    write("/logs/b", "0123456789");
    write("/logs/c", "0123456789");
    Path file = damage("/logs/b", 3);

    Result result = run("verify", "prod");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("ok       bwal://prod/logs/a: 10 bytes")
        .contains(
            "DAMAGED  bwal://prod/logs/b: Cannot read a log: "
                + file
                + " is damaged at offset 32: the payload of the record of position 0 fails its"
                + " checksum")
        .contains("ok       bwal://prod/logs/c: 10 bytes")
        .contains("bwal://prod/: 2 ok, 1 damaged");
  }

  @Test
  void logOfWhichTheEndIsGone_isDamaged() throws Exception {
    write("/a", "0123456789");
    try (var channel = Files.newByteChannel(stored("/a"), java.nio.file.StandardOpenOption.WRITE)) {
      channel.truncate(32);
    }
    Result result = run("verify", "--json", "prod");
    assertThat(result.code()).isEqualTo(1);
    assertThat(lineOf(result, "bwal://prod/a").get("cause").asText()).contains("offset 32");
  }

  @Test
  void entriesThatHBaseCannotParse_areDamage_thoughTheirChecksumsAreRight() throws Exception {
    write("/rs1.1234", "PWAL" + "rubbish".repeat(1000));
    Result result = run("verify", "--json", "prod");
    assertThat(result.code()).isEqualTo(1);
    assertThat(lineOf(result, "bwal://prod/rs1.1234").get("cause").asText())
        .startsWith(
            "Cannot parse bwal://prod/rs1.1234: what follows entry 0, at offset 0, is not HBase's");
  }

  @Test
  void entryInTheMiddleThatHBaseCannotParse_isDamage() throws Exception {
    org.apache.hadoop.fs.Path log = HBaseLogs.write(conf, directory.resolve("hfiles"), 50);
    ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
    try (LogReader reader = workspace.open(log.toUri().getPath())) {
      while (reader.read(bytes.position(), bytes) > 0) {
        assertThat(bytes.hasRemaining()).isTrue();
      }
    }
    Arrays.fill(bytes.array(), bytes.position() / 2, bytes.position() / 2 + 200, (byte) 0xFF);
    workspace.createDirectories("/changed");
    try (LogAppender copy = workspace.create("/changed/rs1.1234")) {
      copy.append(bytes.flip()).get();
    }
    Result result = run("verify", "--json", "prod", "/changed");
    assertThat(result.code()).isEqualTo(1);
    JsonNode line = lineOf(result, "bwal://prod/changed/rs1.1234");
    assertThat(line.get("entries").asInt()).isBetween(10, 40);
    assertThat(line.get("cause").asText())
        .contains("what follows entry " + line.get("entries").asInt() + ", at offset ");
  }

  @Test
  void directoryThatCannotBeListed_isDamage_andTheOthersAreRead() throws Exception {
    write("/a/1", "good");
    write("/b/1", "bad");
    Path entry = engine("engine").resolve("prod/tree/b/1");
    Files.writeString(entry, "rubbish");
    Result result = run("verify", "--json", "prod");
    assertThat(result.code()).isEqualTo(1);
    assertThat(lineOf(result, "bwal://prod/b").get("cause").asText())
        .contains("what is in it was not read")
        .contains(entry.toString());
    assertThat(lineOf(result, "bwal://prod/a/1").get("result").asText()).isEqualTo("ok");
  }

  @Test
  void openLog_isReadUpToWhereItIs() throws Exception {
    try (LogAppender log = writing("/a", "0123")) {
      Result result = run("verify", "--json", "prod");
      assertThat(log.acknowledgedLength()).isEqualTo(4);
      assertThat(lineOf(result, "bwal://prod/a").get("sealed").asBoolean()).isFalse();
      assertThat(lineOf(result, "bwal://prod/a").get("bytes").asInt()).isEqualTo(4);
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void logThatIsToBeRecoveredFirst_isSaidToBe_andIsNoDamage() throws Exception {
    try (LogAppender log = writing("/rs1/a", "0123")) {
      workspace.rename("/rs1", "/rs1-splitting");
      Result result = run("verify", "--json", "prod");
      assertThat(log.acknowledgedLength()).isEqualTo(4);
      assertThat(lineOf(result, "bwal://prod/rs1-splitting/a").get("result").asText())
          .isEqualTo("not-recovered");
      assertThat(summary(result).get("notRecovered").asInt()).isEqualTo(1);
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void secondRunWithAState_readsOnlyWhatIsNewOrDamaged() throws Exception {
    String state = directory.resolve("state").toString();
    write("/a", "0123");
    write("/b", "0123");
    damage("/b", 1);
    try (LogAppender open = writing("/c", "0123")) {
      assertThat(open.acknowledgedLength()).isEqualTo(4);
      Result first = run("verify", "--json", "--state", state, "prod");
      assertThat(summary(first).get("ok").asInt()).isEqualTo(2);
      assertThat(summary(first).get("skipped").asInt()).isZero();
    }
    write("/d", "0123");
    Result second = run("verify", "--json", "--state", state, "prod");
    assertThat(summary(second).get("skipped").asInt()).isEqualTo(1);
    assertThat(summary(second).get("ok").asInt()).isEqualTo(2);
    assertThat(summary(second).get("damaged").asInt()).isEqualTo(1);
    assertThat(second.code()).isEqualTo(1);
  }

  @Test
  void stateCutAnywhere_asAKillLeavesIt_holdsTheWholeLines() throws Exception {
    Path state = directory.resolve("state");
    Location prod = Location.of(List.of("prod"));
    List<PathStatus> logs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      logs.add(new PathStatus("/log-" + i, false, true, 10, 1_700_000_000_000L));
    }
    try (VerifiedLogs verified = new VerifiedLogs(state)) {
      for (PathStatus log : logs) {
        verified.add(prod, log);
      }
    }
    String whole = Files.readString(state);
    for (int length = 0; length <= whole.length(); length++) {
      String cut = whole.substring(0, length);
      Files.writeString(state, cut);
      long lines = cut.chars().filter(c -> c == '\n').count();
      try (VerifiedLogs verified = new VerifiedLogs(state)) {
        assertThat(logs.stream().filter(log -> verified.contains(prod, log)))
            .as(cut)
            .hasSize((int) Math.max(0, lines - 1));
        for (PathStatus log : logs) {
          if (!verified.contains(prod, log)) {
            verified.add(prod, log);
          }
        }
      }
      assertThat(state).hasContent(whole);
    }
  }

  @Test
  void fileThatIsNoState_isNotOverwritten() throws Exception {
    Path file = Files.writeString(directory.resolve("notes"), "my notes\nmore\n");
    Result result = run("verify", "--state", file.toString(), "prod");
    assertThat(result.err()).contains("Cannot use --state " + file);
    assertThat(result.code()).isEqualTo(2);
    Path line = Files.writeString(directory.resolve("line"), "my notes");
    assertThat(run("verify", "--state", line.toString(), "prod").code()).isEqualTo(2);
    assertThat(file).hasContent("my notes\nmore\n");
    assertThat(line).hasContent("my notes");
  }

  private static JsonNode lineOf(Result result, String path) throws IOException {
    return result.json().stream()
        .filter(line -> line.path("path").asText().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + path + " in " + result.out()));
  }

  private static JsonNode summary(Result result) throws IOException {
    List<JsonNode> lines = result.json();
    assertThat(lines).as(result.err()).isNotEmpty();
    return lines.get(lines.size() - 1);
  }
}
