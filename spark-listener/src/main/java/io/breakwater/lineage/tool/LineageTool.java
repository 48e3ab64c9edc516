package io.breakwater.lineage.tool;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code breakwater-lineage}: needs Spark's jars and the OpenLineage jar on the class path.
 *
 * <p>Exit codes: 0 done; 1 something is left, refused, damaged or failed; 2 wrong usage.
 */
@Command(
    name = "breakwater-lineage",
    description = "Shows and sends the lineage events that Spark drivers have left in a spool.",
    mixinStandardHelpOptions = true,
    version = "breakwater-lineage 0.1.0",
    subcommands = {ReplayCommand.class, ListCommand.class, ViewCommand.class, TailCommand.class})
public final class LineageTool implements Runnable {

  private static final int WIDTH = 100;

  @Spec private CommandSpec spec;

  private LineageTool() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command line as {@link #main} does, and returns its exit code. */
  public static int run(String... args) {
    CommandLine commandLine = new CommandLine(new LineageTool()).setUsageHelpWidth(WIDTH);
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println(failure.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    return commandLine.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: must be replay, ls, view or tail");
  }
}
