package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Mixin private EventOptions events;

  @Option(names = "--once", description = "End after the events that are there.")
  private boolean once;

  @Option(names = "--new", description = "Skip the events that are there.")
  private boolean onlyNew;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<EventInput> inputs = events.open();
    Printer printer = new Printer();
    printer.silent = onlyNew;
    poll(inputs, printer, once);
    printer.silent = false;
    try {
      while (!once) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        poll(inputs, printer, false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return printer.unreadable ? 1 : 0;
  }

  private static void poll(List<EventInput> inputs, EventSink sink, boolean last)
      throws IOException {
    for (EventInput input : inputs) {
      input.poll(sink, last);
    }
  }

  private final class Printer implements EventSink {

    private final EventLine lines = new EventLine();
    private boolean silent;
    private boolean unreadable;

    @Override
    public void event(JsonNode event) {
      if (!events.accepts(event)) {
        return;
      }
      // Also of events that are skipped: their ends want the duration.
      var fields = lines.fields(event);
      if (!silent) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(events.json() ? Json.of(fields) : EventLine.print(fields));
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
