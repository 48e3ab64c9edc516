package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "fence",
    description = {
      "Recovers every open log at and below a location: its writer, in whatever process it is, gets"
          + " no acknowledgement any more, and its length is final.",
      "A region server whose log is fenced aborts. No acknowledged row is lost."
    })
final class FenceCommand extends LocationCommand {

  @Option(
      names = "--force",
      description = "Also if processes of the workspace's owner are alive: they will abort.")
  private boolean force;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws IOException {
    Location location = location();
    Workspace workspace = existing(location.workspace(), configuration());
    List<PathStatus> open = Tree.below(workspace, require(workspace, location)).whole().unsealed();
    if (!open.isEmpty() && !force) {
      requireNoLiveOwner(workspace, "fence logs of", "stop them, or use --force");
    }
    if (!open.isEmpty()) {
      confirm(yes, "Fence " + open.size() + " open logs at " + location + "?");
    }
    for (PathStatus log : open) {
      long start = System.nanoTime();
      long length = workspace.recover(log.path());
      long millis = (System.nanoTime() - start) / 1_000_000;
      print(
          fields("path", location.at(log.path()), "bytes", length, "millis", millis),
          String.format("fenced %s: %d bytes, in %d ms", log.path(), length, millis));
    }
    heading(open.isEmpty() ? "no open logs at " + location : "fenced " + open.size() + " logs");
    return BreakwaterWal.OK;
  }
}
