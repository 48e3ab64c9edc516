package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.view.LineageModel;
import io.breakwater.lineage.view.LineageModelBuilder;
import io.breakwater.lineage.view.LineagePage;
import io.breakwater.lineage.view.ViewLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "view",
    description = {
      "Draws the lineage that events tell as one HTML page that needs no network.",
      "Only reads: a spool keeps what is in it, also one that a driver writes to."
    },
    mixinStandardHelpOptions = true)
final class ViewCommand implements Callable<Integer> {

  private static final int PROBLEMS_PRINTED = 10;

  @Mixin private EventOptions events;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The page. A file of that name is replaced.")
  private Path output;

  @Option(
      names = "--max-datasets",
      paramLabel = "NUMBER",
      description = "Datasets, and jobs, at most; default 5000. Says so if there are more.")
  private Integer nodes;

  @Option(
      names = "--max-runs",
      paramLabel = "NUMBER",
      description = "Runs of all jobs at most, the latest of each; default 10000.")
  private Integer runs;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ModelSink sink = new ModelSink(new LineageModelBuilder(limits()));
    for (EventInput input : events.open()) {
      input.poll(sink, true);
    }
    LineageModel model = sink.builder.build();
    String source = events.inputs().stream().map(Path::toString).collect(Collectors.joining(", "));
    write(LineagePage.html(model, source, Instant.now()));
    report(model, sink.unreadable);
    return sink.unreadable == 0 ? 0 : 1;
  }

  private ViewLimits limits() {
    ViewLimits defaults = ViewLimits.defaults();
    try {
      return new ViewLimits(
          nodes == null ? defaults.datasets() : nodes,
          nodes == null ? defaults.jobs() : nodes,
          runs == null ? defaults.runs() : runs,
          defaults.runsPerJob(),
          defaults.versionsPerJob(),
          defaults.columnEdges());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Replaces the page in one step, so that a browser never loads half of it. */
  private void write(String page) throws IOException {
    Path directory = output.toAbsolutePath().getParent();
    if (!Files.isDirectory(directory)) {
      throw new IOException("Cannot write " + output + ": there is no directory " + directory);
    }
    Path temporary = Files.createTempFile(directory, ".lineage-", ".html");
    try {
      Files.writeString(temporary, page);
      Files.move(temporary, output, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void report(LineageModel model, long unreadable) {
    PrintWriter out = spec.commandLine().getOut();
    long listed = model.jobs().stream().mapToLong(job -> job.runs().size()).sum();
    if (events.json()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("page", output.toString());
      fields.put("events", model.events());
      fields.put("datasets", model.datasets().size());
      fields.put("jobs", model.jobs().size());
      fields.put("runs", listed);
      fields.put("unreadable", unreadable);
      fields.put("notices", model.notices());
      out.println(Json.of(fields));
    } else {
      out.printf(
          "%s: %d events, %d datasets, %d jobs, %d runs%n",
          output, model.events(), model.datasets().size(), model.jobs().size(), listed);
      model.notices().forEach(out::println);
    }
    out.flush();
  }

  private final class ModelSink implements EventSink {

    private final LineageModelBuilder builder;
    private long unreadable;

    ModelSink(LineageModelBuilder builder) {
      this.builder = builder;
    }

    @Override
    public void event(JsonNode event) {
      if (events.accepts(event) && !builder.add(event)) {
        unreadable++;
      }
    }

    @Override
    public void unreadable(String problem) {
      unreadable++;
      PrintWriter err = spec.commandLine().getErr();
      if (unreadable <= PROBLEMS_PRINTED) {
        err.println(problem);
      } else if (unreadable == PROBLEMS_PRINTED + 1) {
        err.println("More of the same is not printed.");
      }
      err.flush();
    }
  }
}
