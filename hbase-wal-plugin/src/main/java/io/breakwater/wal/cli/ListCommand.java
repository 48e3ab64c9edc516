package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "ls", description = "Lists the directories and logs at a location.")
final class ListCommand extends LocationCommand {

  @Option(
      names = {"-R", "--recursive"},
      description = "Also what is in the directories.")
  private boolean recursive;

  @Override
  public Integer call() throws IOException {
    Location location = location();
    Workspace workspace = existing(location.workspace(), configuration());
    PathStatus top = require(workspace, location);
    for (PathStatus entry : entries(workspace, top)) {
      print(
          fields(
              "path", location.at(entry.path()),
              "type", entry.directory() ? "directory" : "log",
              "state", state(entry),
              "bytes", entry.length(),
              "modified", time(entry.modificationTime())),
          String.format(
              "%-6s %15s  %s  %s",
              entry.directory() ? "dir" : state(entry),
              entry.directory() ? "-" : entry.length(),
              time(entry.modificationTime()),
              entry.path()));
    }
    return BreakwaterWal.OK;
  }

  private List<PathStatus> entries(Workspace workspace, PathStatus top) throws IOException {
    if (!top.directory()) {
      return List.of(top);
    }
    if (!recursive) {
      return workspace.list(top.path());
    }
    List<PathStatus> all = Tree.below(workspace, top).whole().entries();
    return all.subList(1, all.size());
  }

  private static String state(PathStatus entry) {
    return entry.directory() ? null : entry.sealed() ? "sealed" : "open";
  }
}
