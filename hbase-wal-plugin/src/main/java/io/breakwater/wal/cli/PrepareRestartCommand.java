package io.breakwater.wal.cli;

import io.breakwater.wal.restart.PrepareRestart;
import io.breakwater.wal.restart.PrepareRestart.Step;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prepare-restart",
    description = {
      "Makes the remains of a lost cluster such that a new one recovers all of them: run it after the"
          + " new ZooKeeper was started and before the master. Fences every log; if the master's"
          + " local store was lost, tells ZooKeeper where hbase:meta was.",
      "Harmless if nothing is to be done, and again. Refuses to work beside a running master."
    })
final class PrepareRestartCommand extends WalCommand {

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws IOException {
    new PrepareRestart(configuration()).run(dryRun, this::say);
    heading(dryRun ? "nothing was done (--dry-run)" : "ready: start the master");
    return BreakwaterWal.OK;
  }

  private void say(Step step) {
    print(
        fields("action", step.action(), "subject", step.subject(), "reason", step.reason()),
        step.action() + ": " + step.subject() + " (" + step.reason() + ")");
  }
}
