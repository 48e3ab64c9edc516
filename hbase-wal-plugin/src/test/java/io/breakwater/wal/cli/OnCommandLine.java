package io.breakwater.wal.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.Workspace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Commands on workspaces of the embedded engine, run as {@code main} runs them. */
abstract class OnCommandLine {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  Configuration conf;
  Workspace workspace;

  /** What a command left. */
  record Result(int code, String out, String err) {
    /** The lines of the output as JSON. */
    List<JsonNode> json() throws IOException {
      List<JsonNode> nodes = new ArrayList<>();
      for (String line : out.lines().toList()) {
        nodes.add(JSON.readTree(line));
      }
      return nodes;
    }
  }

  @BeforeEach
  void openWorkspace() throws IOException {
    conf = HBaseConfiguration.create();
    conf.set("breakwater.wal.embedded.dir", engine("engine").toString());
    conf.setBoolean("fs.bwal.impl.disable.cache", true);
    workspace = Workspaces.open("prod", conf);
  }

  Path engine(String name) {
    return directory.resolve(name);
  }

  Result run(String... arguments) {
    return answering("", arguments);
  }

  /** Runs a command whose questions get {@code answer}. */
  Result answering(String answer, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> words = new ArrayList<>(List.of(arguments));
    words.add(1, "-Dbreakwater.wal.embedded.dir=" + engine("engine"));
    int code =
        BreakwaterWal.run(
            new BreakwaterWal.Streams(
                new ByteArrayInputStream(answer.getBytes(UTF_8)),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                false),
            words.toArray(String[]::new));
    return new Result(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  void write(String path, String text) throws Exception {
    write(workspace, path, text);
  }

  static void write(Workspace workspace, String path, String text) throws Exception {
    workspace.createDirectories(path.substring(0, Math.max(1, path.lastIndexOf('/'))));
    try (LogAppender log = workspace.create(path)) {
      log.append(UTF_8.encode(text)).get();
    }
  }

  /** An open log; its writer is in this process. */
  LogAppender writing(String path, String text) throws Exception {
    workspace.createDirectories(path.substring(0, Math.max(1, path.lastIndexOf('/'))));
    LogAppender log = workspace.create(path);
    log.append(UTF_8.encode(text)).get();
    return log;
  }

  /** The file that stores the log {@code path}. */
  Path stored(String path) throws IOException {
    List<String> entry = Files.readAllLines(engine("engine").resolve("prod/tree" + path));
    return engine("engine").resolve("prod/logs").resolve(entry.get(1) + ".log");
  }

  /** Changes a byte of the stored log {@code path}, {@code fromEnd} bytes before its end. */
  Path damage(String path, long fromEnd) throws IOException {
    Path file = stored(path);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() - fromEnd);
      int old = bytes.read();
      bytes.seek(bytes.length() - fromEnd);
      bytes.write(~old);
    }
    return file;
  }

  /** Makes everything that is stored in the workspace look as old as {@code age}. */
  void age(Duration age) throws IOException {
    FileTime time = FileTime.fromMillis(System.currentTimeMillis() - age.toMillis());
    try (Stream<Path> files = Files.walk(engine("engine"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.setLastModifiedTime(file, time);
      }
    }
  }

  static ByteBuffer bytes(String text) {
    return UTF_8.encode(text);
  }
}
