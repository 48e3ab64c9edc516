package io.breakwater.wal.restart;

import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file in {@code hbase.rootdir} that says which workspace has the logs to its HFiles. HBase
 * itself takes a workspace that was wiped for one in which nothing was ever written, and forgets
 * what had not been flushed.
 */
final class WorkspaceMark {

  /**
   * Properties: the version of the format, which is 1 if it is not there; the workspace's name, its
   * owner's epoch, and since when in milliseconds.
   */
  static final String FILE = ".breakwater-workspace";

  private static final int VERSION = 1;

  private final FileSystem files;
  private final Path file;

  /**
   * @param root the cluster's root directory
   */
  WorkspaceMark(FileSystem files, Path root) {
    this.files = files;
    this.file = new Path(root, FILE);
  }

  /**
   * Compares the mark with the workspace, which this cluster owns, and writes it if it is new.
   *
   * @throws IOException if the mark tells of another workspace, or of more than this one has seen
   */
  void check(Workspace workspace) throws IOException {
    Owner owner =
        workspace
            .owner()
            .orElseThrow(
                () -> new IllegalStateException("Nobody owns workspace " + workspace.name()));
    if (files.exists(file)) {
      Properties mark = read();
      if (!mark.getProperty("workspace").equals(workspace.name())) {
        throw refusal(
            workspace,
            "its logs are in workspace " + mark.getProperty("workspace"),
            "Set hbase.wal.dir to that");
      }
      long epoch = Long.parseLong(mark.getProperty("epoch"));
      long since = Long.parseLong(mark.getProperty("since"));
      if (owner.epoch() < epoch || (owner.epoch() == epoch && owner.since() != since)) {
        throw refusal(
            workspace,
            "that workspace is not the one it was: somebody has wiped it, and with it rows that"
                + " were not flushed",
            "Bring it back, or check breakwater.wal.engine and its address");
      }
      if (owner.epoch() == epoch) {
        return;
      }
    }
    write(workspace, owner);
  }

  private IOException refusal(Workspace workspace, String reason, String remedy) {
    return new IOException(
        "Cannot start HBase with workspace %s: %s says that %s. %s, or delete that file if what was in the logs may be lost"
            .formatted(workspace.name(), file, reason, remedy));
  }

  private Properties read() throws IOException {
    Properties mark = new Properties();
    try (InputStream in = files.open(file)) {
      mark.load(in);
    }
    String version = mark.getProperty("version", "1");
    if (!version.equals(Integer.toString(VERSION))) {
      throw new IOException(
          "Cannot start HBase: %s is of format version %s, this plugin reads up to %d; use the plugin that wrote it, or a later one"
              .formatted(file, version, VERSION));
    }
    for (String key : new String[] {"workspace", "epoch", "since"}) {
      if (mark.getProperty(key) == null) {
        throw new IOException("Cannot read " + file + ": it has no " + key + "; delete it");
      }
    }
    return mark;
  }

  private void write(Workspace workspace, Owner owner) throws IOException {
    String text =
        "# Breakwater: where the logs to these files are.\nversion=%d\nworkspace=%s\nepoch=%d\nsince=%d\n"
            .formatted(VERSION, workspace.name(), owner.epoch(), owner.since());
    Path draft = file.suffix(".new");
    try (OutputStream out = files.create(draft, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    // Not every file system replaces a file by renaming another; without a mark one is written.
    files.delete(file, false);
    if (!files.rename(draft, file)) {
      throw new IOException("Cannot write " + file + ": " + draft + " cannot be renamed to it");
    }
  }
}
