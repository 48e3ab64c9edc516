package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "tail",
    description = {
      "Prints events on one line each: first those that are there, then others as they come.",
      "Only reads, and takes nothing out of a spool. Ends when it is interrupted."
    },
    mixinStandardHelpOptions = true)
final class TailCommand implements Callable<Integer> {

  private static final long POLL_MILLIS = 500;

  @Parameters(
      paramLabel = "INPUT",
      description = "A spool, a file of OpenLineage events, one per line, or a directory of such.")
  private Path input;

  @Mixin private EventFilter filter;

  @Option(names = "--once", description = "End after the events that are there.")
  private boolean once;

  @Option(names = "--new", description = "Skip the events that are there.")
  private boolean onlyNew;

  @Option(names = "--json", description = "Print one JSON object per event.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    EventInput events = EventInput.of(input);
    Printer printer = new Printer();
    printer.silent = onlyNew;
    events.poll(printer, once);
    printer.silent = false;
    try {
      while (!once) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        events.poll(printer, false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return printer.unreadable ? 1 : 0;
  }

  private final class Printer implements EventSink {

    private final EventLine lines = new EventLine();
    private boolean silent;
    private boolean unreadable;

    @Override
    public void event(JsonNode event) {
      if (!filter.accepts(event)) {
        return;
      }
      // Also of events that are skipped: their ends want the duration.
      var fields = lines.fields(event);
      if (!silent) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.of(fields) : EventLine.print(fields));
        out.flush();
      }
    }

    @Override
    public void unreadable(String problem) {
      if (!silent) {
        unreadable = true;
        PrintWriter err = spec.commandLine().getErr();
        err.println(problem);
        err.flush();
      }
    }
  }
}
