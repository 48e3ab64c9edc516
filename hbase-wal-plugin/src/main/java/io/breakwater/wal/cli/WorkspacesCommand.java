package io.breakwater.wal.cli;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
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
            "%-32s %8s %8s %12s  %-20s  %s",
            "WORKSPACE", "LOGS", "OPEN", "SIZE", "LAST CHANGE", "OWNER"));
    for (String name : Workspaces.list(configuration)) {
      Workspace workspace = Workspaces.open(name, configuration);
      PathStatus root = workspace.status("/").orElse(ROOT);
      Optional<Owner> owner = workspace.owner();
      Tree tree = Tree.below(workspace, root).whole();
      print(
          fields(
              "workspace", name,
              "logs", tree.logs().size(),
              "unsealed", tree.unsealed().size(),
              "bytes", tree.bytes(),
              "lastChange", time(tree.lastChange()),
              "owner", owner.map(WorkspacesCommand::ownerFields).orElse(null)),
          String.format(
              "%-32s %8d %8d %12s  %-20s  %s",
              name,
              tree.logs().size(),
              tree.unsealed().size(),
              size(tree.bytes()),
              time(tree.lastChange()),
              owner.map(WorkspacesCommand::ownerText).orElse("none")));
    }
    return BreakwaterWal.OK;
  }

  static Map<String, Object> ownerFields(Owner owner) {
    return fields(
        "name", owner.name(),
        "epoch", owner.epoch(),
        "since", time(owner.since()),
        "liveProcesses", owner.liveProcesses());
  }

  private static String ownerText(Owner owner) {
    return String.format("%s, %d alive", owner.name(), owner.liveProcesses());
  }
}
