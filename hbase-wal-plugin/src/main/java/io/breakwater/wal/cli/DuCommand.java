package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "du", description = "Sums up the logs and bytes at and below a location.")
final class DuCommand extends LocationCommand {

  @Option(
      names = {"-d", "--depth"},
      paramLabel = "N",
      defaultValue = "1",
      description = "How far below the location directories have a line; default ${DEFAULT-VALUE}.")
  private int depth;

  @Override
  public Integer call() throws IOException {
    if (depth < 0) {
      throw usage("Invalid --depth: " + depth + ", must be at least 0");
    }
    Location location = location();
    Workspace workspace = existing(location.workspace(), configuration());
    PathStatus top = require(workspace, location);
    Tree tree = Tree.below(workspace, top).whole();
    heading(String.format("%8s %8s %12s  %s", "LOGS", "OPEN", "SIZE", "PATH"));
    for (PathStatus entry : tree.entries()) {
      boolean shown = entry.directory() || entry.equals(top);
      if (shown && level(entry.path()) - level(top.path()) <= depth) {
        print(location, entry, tree);
      }
    }
    return BreakwaterWal.OK;
  }

  private void print(Location location, PathStatus entry, Tree tree) {
    String prefix = entry.path().equals("/") ? "/" : entry.path() + "/";
    long logs = 0;
    long open = 0;
    long bytes = 0;
    for (PathStatus log : tree.logs()) {
      if (log.path().equals(entry.path()) || log.path().startsWith(prefix)) {
        logs++;
        open += log.sealed() ? 0 : 1;
        bytes += log.length();
      }
    }
    print(
        fields("path", location.at(entry.path()), "logs", logs, "unsealed", open, "bytes", bytes),
        String.format("%8d %8d %12s  %s", logs, open, size(bytes), entry.path()));
  }

  private static long level(String path) {
    return path.equals("/") ? 0 : path.chars().filter(c -> c == '/').count();
  }
}
