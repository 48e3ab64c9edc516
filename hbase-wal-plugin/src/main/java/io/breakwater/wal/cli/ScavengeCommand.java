package io.breakwater.wal.cli;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.Orphan;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "scavenge",
    description = {
      "Finds storage that no log names, which crashes leave behind, and deletes it when told to.",
      "Exit code 1 if some is found and left."
    })
final class ScavengeCommand extends WalCommand {

  private static final Duration LEAST_AGE = Duration.ofHours(1);

  @Parameters(
      arity = "0..*",
      paramLabel = "WORKSPACE",
      description = "The workspaces to look at; all if none is named.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--min-age",
      paramLabel = "AGE",
      defaultValue = "1d",
      converter = AgeConverter.class,
      description =
          "Leave out what was changed within this time, such as 1d or 2h; default ${DEFAULT-VALUE}."
              + " A log that is about to be created has no name yet.")
  private Duration minAge;

  @Option(names = "--delete", description = "Delete what is found.")
  private boolean delete;

  @Override
  public Integer call() throws IOException {
    if (minAge.compareTo(LEAST_AGE) < 0) {
      throw usage(
          "Invalid --min-age: "
              + minAge.toSeconds()
              + "s, must be at least 1h, longer than any process may be paused");
    }
    Configuration configuration = configuration();
    int left = 0;
    for (String name : names.isEmpty() ? Workspaces.list(configuration) : names) {
      Workspace workspace = existing(name, configuration);
      for (Orphan orphan : workspace.orphans(minAge)) {
        if (delete) {
          workspace.deleteOrphan(orphan);
        }
        left += delete ? 0 : 1;
        print(
            fields(
                "workspace", name,
                "orphan", orphan.id(),
                "bytes", orphan.bytes(),
                "created", time(orphan.created()),
                "deleted", delete),
            String.format(
                "%s %s of workspace %s: %s, created %s",
                delete ? "deleted" : "orphan",
                orphan.id(),
                name,
                size(orphan.bytes()),
                time(orphan.created())));
      }
    }
    return left == 0 ? BreakwaterWal.OK : BreakwaterWal.FINDINGS;
  }
}
