package io.breakwater.wal.fs;

import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The file system of a fresh workspace, and the same workspace as another process has it open. */
abstract class OnWorkspace {

  static final Path SERVER = new Path("bwal://cluster-a/hbase/WALs/rs1,16020,1");
  static final Path SPLITTING = SERVER.suffix("-splitting");
  static final Path WAL = new Path(SERVER, "rs1%2C16020%2C1.1700000000000");

  @TempDir java.nio.file.Path directory;

  final Configuration conf = new Configuration();
  BwalFileSystem fs;
  Workspace otherProcess;

  @BeforeEach
  void openFileSystem() throws IOException {
    conf.set("breakwater.wal.embedded.dir", directory.toString());
    fs = new BwalFileSystem();
    fs.initialize(URI.create("bwal://cluster-a/"), conf);
    otherProcess =
        EmbeddedWorkspace.open(directory, "cluster-a", new EmbeddedOptions(true, 64 << 20));
    fs.mkdirs(SERVER);
  }

  @AfterEach
  void closeFileSystem() throws IOException {
    otherProcess.close();
    fs.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  void write(Path path, String text) throws IOException {
    try (FSDataOutputStream out = fs.create(path)) {
      out.write(bytes(text));
    }
  }

  String read(Path path) throws IOException {
    try (FSDataInputStream in = fs.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
