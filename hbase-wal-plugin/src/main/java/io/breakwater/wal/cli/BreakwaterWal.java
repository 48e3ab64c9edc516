package io.breakwater.wal.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code breakwater-wal}: needs HBase's jars and configuration on the class path.
 *
 * <p>Exit codes: {@value #OK} done and nothing found; {@value #FINDINGS} the command ran and found
 * what it looks for; {@value #FAILURE} wrong usage, or it could not do what it was told.
 */
@Command(
    name = "breakwater-wal",
    description = "Shows, checks, repairs and moves the write-ahead logs of HBase in workspaces.",
    mixinStandardHelpOptions = true,
    version = "breakwater-wal 0.1.0",
    subcommands = {
      WorkspacesCommand.class,
      ListCommand.class,
      CatCommand.class,
      PrintCommand.class,
      VerifyCommand.class,
      FenceCommand.class,
      TakeoverCommand.class,
      PrepareRestartCommand.class,
      DuCommand.class,
      CostCommand.class,
      ScavengeCommand.class,
      RetentionCommand.class,
      CopyCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done, nothing found; 1 something was found (damage, orphans, workspaces past"
          + " their retention, logs that could not be copied); 2 wrong usage or failure."
    })
public final class BreakwaterWal implements Runnable {

  static final int OK = 0;
  static final int FINDINGS = 1;
  static final int FAILURE = 2;

  /** System property by which the script says whether the standard error is a terminal. */
  private static final String TERMINAL = "breakwater.wal.terminal";

  private static final int WIDTH = 100;

  private final Streams streams;

  @Spec private CommandSpec spec;

  /**
   * What a command reads and writes.
   *
   * @param terminal whether a person watches {@code err}
   */
  record Streams(InputStream in, PrintStream out, PrintStream err, boolean terminal) {}

  private BreakwaterWal(Streams streams) {
    this.streams = streams;
  }

  public static void main(String[] arguments) {
    boolean terminal = Boolean.getBoolean(TERMINAL);
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            true,
            StandardCharsets.UTF_8);
    System.exit(run(new Streams(System.in, out, System.err, terminal), arguments));
  }

  /** Runs a command line as {@link #main} does, and returns its exit code. */
  static int run(Streams streams, String... arguments) {
    int code = runnable(streams).execute(arguments);
    streams.out().flush();
    if (streams.out().checkError()) {
      streams.err().println("Cannot write the output: the other end of it is closed or full");
      return FAILURE;
    }
    return code;
  }

  /** All commands; {@code streams} may be null if none is run. */
  static CommandLine commandLine(Streams streams) {
    CommandLine commandLine = new CommandLine(new BreakwaterWal(streams));
    commandLine.setUsageHelpWidth(WIDTH);
    return commandLine;
  }

  private static CommandLine runnable(Streams streams) {
    CommandLine commandLine = commandLine(streams);
    commandLine.setOut(new PrintWriter(streams.out(), true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(streams.err(), true, StandardCharsets.UTF_8));
    commandLine.setParameterExceptionHandler(wrongUsage());
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof IOException || failure instanceof IllegalArgumentException) {
            command.getErr().println(failure.getMessage());
          } else {
            failure.printStackTrace(command.getErr());
          }
          return FAILURE;
        });
    return commandLine;
  }

  private static IParameterExceptionHandler wrongUsage() {
    return (failure, arguments) -> {
      CommandLine command = failure.getCommandLine();
      command.getErr().println(failure.getMessage());
      command
          .getErr()
          .println("See " + command.getCommandSpec().qualifiedName() + " --help for its usage.");
      return FAILURE;
    };
  }

  Streams streams() {
    return streams;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Missing command: must be one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
