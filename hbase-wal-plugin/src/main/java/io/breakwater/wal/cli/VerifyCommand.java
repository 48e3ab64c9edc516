package io.breakwater.wal.cli;

import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Reads every log at and below a location: every record against its checksum, and every entry"
          + " of HBase's logs with HBase's reader. Exit code 1 if one is damaged.",
      "Changes nothing; may run beside HBase. An open log is read up to where it is now."
    })
final class VerifyCommand extends LocationCommand {

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Remember in FILE which sealed logs were good, and leave out those that it has: to go on"
              + " after an interruption, or to read each log once only.")
  private Path state;

  private int ok;
  private int damaged;
  private int skipped;
  private int notRecovered;
  private long bytes;

  @Override
  public Integer call() throws IOException {
    Location location = location();
    Configuration configuration = configuration();
    Workspace workspace = existing(location.workspace(), configuration);
    Tree tree = Tree.below(workspace, require(workspace, location));
    for (Map.Entry<String, IOException> problem : tree.unreadable().entrySet()) {
      String cause = "what is in it was not read: " + problem.getValue().getMessage();
      damaged(location.at(problem.getKey()), 0, 0, cause);
    }
    URI root = URI.create(location.at("/"));
    try (FileSystem fs = FileSystem.newInstance(root, configuration)) {
      if (!(fs instanceof BwalFileSystem)) {
        throw new IOException(
            "Cannot open " + root + ": fs.bwal.impl is " + fs.getClass().getName());
      }
      if (state == null) {
        verify(tree.logs(), location, new LogCheck(workspace, fs), null);
      } else {
        try (VerifiedLogs verified = new VerifiedLogs(state)) {
          verify(tree.logs(), location, new LogCheck(workspace, fs), verified);
        }
      }
    }
    summarize(location);
    return damaged == 0 ? BreakwaterWal.OK : BreakwaterWal.FINDINGS;
  }

  private void verify(
      List<PathStatus> logs, Location location, LogCheck check, VerifiedLogs verified)
      throws IOException {
    long total = logs.stream().mapToLong(PathStatus::length).sum();
    try (Progress progress = new Progress(streams(), logs.size(), total)) {
      for (PathStatus log : logs) {
        if (verified != null && verified.contains(location, log)) {
          skipped++;
          progress.bytes(log.length());
        } else {
          LogCheck.Result result = check.check(log, progress::bytes);
          progress.clear();
          report(location.at(log.path()), log, result);
          if (verified != null && result.verdict() == LogCheck.Verdict.OK) {
            verified.add(location, log);
          }
        }
        progress.logDone();
      }
    }
  }

  private void report(String path, PathStatus log, LogCheck.Result result) {
    bytes += result.bytes();
    switch (result.verdict()) {
      case OK -> {
        ok++;
        print(
            fields(
                "path", path,
                "result", "ok",
                "sealed", log.sealed(),
                "bytes", result.bytes(),
                "entries", result.entries(),
                "tailBytes", result.tailBytes()),
            String.format(
                "ok       %s: %d bytes, %d entries%s",
                path,
                result.bytes(),
                result.entries(),
                result.tailBytes() == 0
                    ? ""
                    : ", and " + result.tailBytes() + " bytes of one that its writer did not end"));
      }
      case DAMAGED -> damaged(path, result.bytes(), result.entries(), result.cause());
      case NOT_RECOVERED -> {
        notRecovered++;
        print(
            fields("path", path, "result", "not-recovered", "cause", result.cause()),
            "unread   " + path + ": " + result.cause());
      }
    }
  }

  private void damaged(String path, long read, long entries, String cause) {
    damaged++;
    print(
        fields(
            "path", path, "result", "damaged", "bytes", read, "entries", entries, "cause", cause),
        "DAMAGED  " + path + ": " + cause);
  }

  private void summarize(Location location) {
    print(
        fields(
            "summary", location.toString(),
            "ok", ok,
            "damaged", damaged,
            "skipped", skipped,
            "notRecovered", notRecovered,
            "bytes", bytes),
        String.format(
            "%s: %d ok, %d damaged, %d left out as good already, %d to be recovered first; %s read",
            location, ok, damaged, skipped, notRecovered, size(bytes)));
  }
}
