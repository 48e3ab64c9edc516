package io.breakwater.wal.cli;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "retention",
    description = {
      "Finds workspaces that nobody has written to for a long time, whose cluster is gone, and"
          + " deletes all that is in them when told to.",
      "Nothing is deleted without --delete, and no workspace with open logs, which may hold rows"
          + " that are nowhere else, without --with-open-logs. Exit code 1 if some are found and"
          + " left."
    })
final class RetentionCommand extends WalCommand {

  private static final Duration LEAST_AGE = Duration.ofHours(2);

  @Parameters(
      arity = "0..*",
      paramLabel = "WORKSPACE",
      description = "The workspaces to look at; all if none is named.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      defaultValue = "30d",
      converter = AgeConverter.class,
      description = "How long nothing has been written, such as 30d; default ${DEFAULT-VALUE}.")
  private Duration age;

  @Option(names = "--delete", description = "Delete all that is in those workspaces.")
  private boolean delete;

  @Option(
      names = "--with-open-logs",
      description = "With --delete: also workspaces with logs that were never closed or recovered.")
  private boolean withOpenLogs;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws IOException {
    if (age.compareTo(LEAST_AGE) < 0) {
      throw usage(
          "Invalid --older-than: "
              + age.toSeconds()
              + "s, must be at least 2h: an idle cluster rolls its logs every hour");
    }
    if (withOpenLogs && !delete) {
      throw usage("Missing --delete: --with-open-logs does nothing without it");
    }
    Configuration configuration = configuration();
    int left = 0;
    for (String name : names.isEmpty() ? Workspaces.list(configuration) : names) {
      Workspace workspace = existing(name, configuration);
      Tree tree = tree(workspace);
      if (!tree.logs().isEmpty() && expired(tree) && !alive(workspace)) {
        boolean deleted = delete && (withOpenLogs || tree.unsealed().isEmpty());
        if (deleted) {
          deleteAll(workspace);
        }
        left += deleted ? 0 : 1;
        report(name, tree, deleted);
      }
    }
    return left == 0 ? BreakwaterWal.OK : BreakwaterWal.FINDINGS;
  }

  private static Tree tree(Workspace workspace) throws IOException {
    PathStatus root = workspace.status("/").orElse(WorkspacesCommand.ROOT);
    return Tree.below(workspace, root).whole();
  }

  private boolean expired(Tree tree) {
    return tree.lastChange() <= System.currentTimeMillis() - age.toMillis();
  }

  private static boolean alive(Workspace workspace) throws IOException {
    return workspace.owner().map(owner -> owner.liveProcesses() > 0).orElse(false);
  }

  private void deleteAll(Workspace workspace) throws IOException {
    confirm(yes, "Delete all logs of workspace " + workspace.name() + "?");
    Tree tree = tree(workspace);
    if (alive(workspace) || !expired(tree)) {
      throw new IOException(
          "Cannot delete the logs of workspace "
              + workspace.name()
              + ": a cluster has begun to use it just now");
    }
    List<PathStatus> deepestFirst = new ArrayList<>(tree.entries());
    Collections.reverse(deepestFirst);
    for (PathStatus entry : deepestFirst) {
      if (!entry.path().equals("/")) {
        workspace.delete(entry.path());
      }
    }
  }

  private void report(String name, Tree tree, boolean deleted) {
    String kept = delete ? "kept, it has open logs:" : "unused:";
    print(
        fields(
            "workspace", name,
            "logs", tree.logs().size(),
            "unsealed", tree.unsealed().size(),
            "bytes", tree.bytes(),
            "lastChange", time(tree.lastChange()),
            "deleted", deleted),
        String.format(
            "%s %s: %d logs, %d of them open, %s, last change %s",
            deleted ? "deleted all of" : kept,
            name,
            tree.logs().size(),
            tree.unsealed().size(),
            size(tree.bytes()),
            time(tree.lastChange())));
  }
}
