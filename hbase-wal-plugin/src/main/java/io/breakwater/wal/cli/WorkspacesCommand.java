package io.breakwater.wal.cli;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;

@Command(
    name = "workspaces",
    description = "Lists the workspaces of the engine: their logs, bytes and last change.")
final class WorkspacesCommand extends WalCommand {

  static final PathStatus ROOT = new PathStatus("/", true, false, 0, 0);

  @Override
  public Integer call() throws IOException {
    Configuration configuration = configuration();
    heading(
        String.format(
            "%-32s %8s %8s %12s  %s", "WORKSPACE", "LOGS", "OPEN", "SIZE", "LAST CHANGE"));
    for (String name : Workspaces.list(configuration)) {
      Workspace workspace = Workspaces.open(name, configuration);
      PathStatus root = workspace.status("/").orElse(ROOT);
      Tree tree = Tree.below(workspace, root).whole();
      print(
          fields(
              "workspace", name,
              "logs", tree.logs().size(),
              "unsealed", tree.unsealed().size(),
              "bytes", tree.bytes(),
              "lastChange", time(tree.lastChange())),
          String.format(
              "%-32s %8d %8d %12s  %s",
              name,
              tree.logs().size(),
              tree.unsealed().size(),
              size(tree.bytes()),
              time(tree.lastChange())));
    }
    return BreakwaterWal.OK;
  }
}
