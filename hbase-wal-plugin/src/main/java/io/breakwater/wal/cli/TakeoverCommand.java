package io.breakwater.wal.cli;

import io.breakwater.wal.config.WalConfig;
import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "takeover",
    description = {
      "Takes a workspace from the cluster that owns it, for good: its processes can create no log any"
          + " more, and all open logs are recovered. The next cluster that starts owns the"
          + " workspace.",
      "For when the old cluster is lost, or cannot be reached, and still counts as alive. No"
          + " acknowledged row is lost."
    })
final class TakeoverCommand extends WalCommand {

  /** An owner of which no process is alive once the command is over. */
  private static final String NOBODY = "breakwater-wal takeover";

  @Parameters(index = "0", paramLabel = "WORKSPACE", description = "The workspace.")
  private String name;

  @Option(
      names = "--owner",
      paramLabel = "NAME",
      description =
          "The cluster that is to own it; by default breakwater.wal.owner, and if that is not set,"
              + " whichever starts next.")
  private String newOwner;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws IOException {
    Configuration configuration = configuration();
    Workspace workspace = existing(name, configuration);
    Owner old = workspace.owner().orElse(null);
    String who =
        old == null
            ? "nobody"
            : old.name() + ", of which " + old.liveProcesses() + " processes are alive";
    confirm(yes, "Take workspace " + name + " from " + who + "?");
    String configured = WalConfig.of(configuration).get(WalKeys.OWNER);
    String taker = newOwner != null ? newOwner : configured.isEmpty() ? NOBODY : configured;
    long epoch = workspace.own(taker, true);
    print(
        fields(
            "workspace", name,
            "owner", taker,
            "epoch", epoch,
            "previous", old == null ? null : WorkspacesCommand.ownerFields(old)),
        "workspace " + name + " belongs to " + taker + ", epoch " + epoch + "; before, to " + who);
    return BreakwaterWal.OK;
  }
}
