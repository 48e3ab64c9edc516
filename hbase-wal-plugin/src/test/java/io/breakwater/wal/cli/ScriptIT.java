package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.log.LogAppender;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The script, with the packaged jar, as processes. HBase's own command is a stand-in that knows the
 * class path and nothing else.
 */
class ScriptIT extends OnCommandLine {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar")).toAbsolutePath();
  private static final Path SCRIPT =
      JAR.resolveSibling("../../docs/bin/breakwater-wal").normalize();
  private static final int SIGKILLED = 137;
  private static final int LARGE = 256 << 20;

  private Path home;
  private Path site;
  private int started;

  @BeforeEach
  void installHBase() throws IOException {
    home = Files.createDirectories(directory.resolve("hbase/bin")).getParent();
    Path command = home.resolve("bin/hbase");
    Files.writeString(
        command, "#!/bin/sh\n[ \"$1\" = classpath ] && echo '" + hostLibraries() + "'\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    site = Files.createDirectories(directory.resolve("conf"));
    Configuration given = new Configuration(false);
    given.set("breakwater.wal.embedded.dir", engine("engine").toString());
    given.set("breakwater.wal.embedded.fsync", "false");
    try (var out = Files.newOutputStream(site.resolve("hbase-site.xml"))) {
      given.writeXml(out);
    }
  }

  /** The jars of HBase, without ours and without those that ours holds. */
  private static String hostLibraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(path -> path.endsWith(".jar"))
        .filter(path -> !path.contains("hbase-wal-plugin") && !path.contains("picocli"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void script_runsTheJarWithTheConfigurationOfHBase() throws Exception {
    write("/hbase/oldWALs/a", "0123456789");
    Result listed = start("ls", "-R", "--json", "prod").finish();
    assertThat(listed.code()).as(listed.err()).isZero();
    assertThat(listed.json())
        .extracting(line -> line.get("path").asText())
        .containsExactly(
            "bwal://prod/hbase", "bwal://prod/hbase/oldWALs", "bwal://prod/hbase/oldWALs/a");
    assertThat(start("cat", "prod", "/hbase/oldWALs/a").finish().out()).isEqualTo("0123456789");

    damage("/hbase/oldWALs/a", 1);
    assertThat(start("verify", "prod").finish().code()).isEqualTo(1);
    Result wrong = start("ls", "other").finish();
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("Cannot open workspace other: there is none of that name, but [prod]");
  }

  @Test
  void recordsOfHBase_arePrintedAndVerified() throws Exception {
    String log = HBaseLogs.write(conf, directory.resolve("hfiles"), 3).toString();
    Result printed = start("print", log).finish();
    assertThat(printed.out()).as(printed.err()).contains("row=row-2, column=f:f");
    Result verified = start("verify", "--json", "prod").finish();
    assertThat(verified.json().get(0).get("entries").asInt()).isEqualTo(3);
  }

  @Test
  void scriptWithoutHBase_saysWhatIsMissing() throws Exception {
    home = directory.resolve("nowhere");
    Result result = start("ls", "prod").finish();
    assertThat(result.err()).contains("Cannot find " + home + "/bin/hbase: set HBASE_HOME");
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void killedVerify_goesOnWhereItWas() throws Exception {
    writeLogsAndALargeOne();
    Path state = directory.resolve("state");
    Started verify = start("verify", "--state", state.toString(), "prod");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> verify.alive() && Files.exists(state) && Files.readAllLines(state).size() == 4);
    verify.kill();
    assertThat(verify.finish().code()).isEqualTo(SIGKILLED);

    Result again = start("verify", "--json", "--state", state.toString(), "prod").finish();
    assertThat(again.code()).as(again.err()).isZero();
    JsonNode summary = again.json().get(again.json().size() - 1);
    assertThat(summary.get("skipped").asInt()).isEqualTo(3);
    assertThat(summary.get("ok").asInt()).isEqualTo(1);
    assertThat(summary.get("bytes").asLong()).isEqualTo(LARGE);
  }

  @Test
  void killedCopy_leavesNothingHalfUnderItsName_andIsCompletedByTheNext() throws Exception {
    writeLogsAndALargeOne();
    Path tree = engine("engine").resolve("backup/tree");
    Started copy = start("copy", "prod", "backup");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> copy.alive() && Files.exists(tree.resolve("z" + LogCopy.UNFINISHED)));
    copy.kill();
    assertThat(copy.finish().code()).isEqualTo(SIGKILLED);
    assertThat(tree.toFile().list())
        .containsExactlyInAnyOrder("a0", "a1", "a2", "z" + LogCopy.UNFINISHED);

    Result again = start("copy", "--json", "prod", "backup").finish();
    assertThat(again.code()).as(again.err()).isZero();
    JsonNode summary = again.json().get(again.json().size() - 1);
    assertThat(summary.get("skipped").asInt()).isEqualTo(3);
    assertThat(summary.get("copied").asInt()).isEqualTo(1);
    assertThat(tree.toFile().list()).containsExactlyInAnyOrder("a0", "a1", "a2", "z");
    assertThat(start("verify", "backup").finish().code()).isZero();
  }

  /** The large one takes long enough to be killed in the middle of it. */
  private void writeLogsAndALargeOne() throws Exception {
    for (int i = 0; i < 3; i++) {
      write("/a" + i, "0123456789");
    }
    try (LogAppender log = workspace.create("/z")) {
      for (int written = 0; written < LARGE; written += 1 << 20) {
        log.append(ByteBuffer.allocate(1 << 20)).get();
      }
    }
  }

  private Started start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("HBASE_HOME", home.toString());
    builder.environment().put("HBASE_CONF_DIR", site.toString());
    builder.environment().put("BREAKWATER_WAL_JAR", JAR.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HBASE_OPTS", "-Xmx256m");
    started++;
    return new Started(
        builder
            .redirectOutput(directory.resolve("out-" + started).toFile())
            .redirectError(directory.resolve("err-" + started).toFile())
            .start(),
        directory.resolve("out-" + started),
        directory.resolve("err-" + started));
  }

  private record Started(Process process, Path out, Path err) {
    boolean alive() throws IOException {
      assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
      return true;
    }

    void kill() {
      process.destroyForcibly();
    }

    Result finish() throws Exception {
      try {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      } finally {
        process.destroyForcibly();
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }
}
