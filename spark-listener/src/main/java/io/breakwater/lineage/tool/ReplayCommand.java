package io.breakwater.lineage.tool;

import io.breakwater.lineage.archive.Archive;
import io.breakwater.lineage.archive.ArchiveReplay;
import io.breakwater.lineage.archive.ReplayedCopies;
import io.breakwater.lineage.deliver.DeadLetterReplay;
import io.breakwater.lineage.deliver.DeliveryCounters;
import io.breakwater.lineage.deliver.DeliveryOptions;
import io.breakwater.lineage.deliver.Sender;
import io.breakwater.lineage.deliver.TransportDelegate;
import io.breakwater.lineage.spool.SpoolStatus;
import io.openlineage.client.transports.ConsoleConfig;
import io.openlineage.client.transports.TransportConfig;
import io.openlineage.spark.agent.ArgumentParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    description = {
      "Sends the events of all drivers that are gone.",
      "Given a Hadoop path, it sends what is there through a local temporary directory.",
      "Runs that such a driver has left open are ended with an ABORT event.",
      "Events of a driver that lives are its own business and are left to it."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

  private static final String PREFIX = "spark.openlineage.";

  @Mixin private SpoolOption spool;

  @Mixin private ConfOptions properties;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Give up after this time; default ${DEFAULT-VALUE}. What is left stays.")
  private long timeoutSeconds;

  @Option(
      names = "--dead-letters",
      description = "First send again what a backend had refused for good.")
  private boolean deadLetters;

  @Option(names = "--json", description = "Print the result as a JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (timeoutSeconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid --timeout: " + timeoutSeconds + ", must be at least 1");
    }
    SparkConf conf = properties.read();
    TransportConfig transport = transport(conf);
    Optional<Archive> archive = spool.archive(conf);
    Duration timeout = Duration.ofSeconds(timeoutSeconds);
    Result result =
        archive.isPresent()
            ? replay(archive.get(), transport, timeout)
            : replay(spool.existing(), transport, conf, timeout);
    return report(result);
  }

  private record Result(
      long delivered,
      long ended,
      long refused,
      long waiting,
      long failedAttempts,
      long damaged,
      List<String> unreadable) {}

  private Result replay(Archive archive, TransportConfig transport, Duration timeout)
      throws IOException, InterruptedException {
    ArchiveReplay replay = new ArchiveReplay(archive);
    if (deadLetters) {
      replay.sendDeadLetters(() -> TransportDelegate.of(transport), timeout);
    }
    replay.send(() -> TransportDelegate.of(transport), timeout);
    return new Result(
        replay.delivered(),
        replay.ended(),
        replay.refused(),
        replay.waiting(),
        replay.failures(),
        replay.damages(),
        replay.unreadable());
  }

  private Result replay(Path root, TransportConfig transport, SparkConf conf, Duration timeout)
      throws IOException, InterruptedException {
    DeadLetterReplay letters = new DeadLetterReplay(root, () -> TransportDelegate.of(transport));
    if (deadLetters) {
      letters.send(timeout);
    }
    Sender sender =
        new Sender(
            root,
            Optional.empty(),
            () -> TransportDelegate.of(transport),
            DeliveryOptions.defaults());
    ReplayedCopies copies = new ReplayedCopies();
    sender.onAdopted(copies::track);
    sender.start();
    sender.awaitIdle(timeout);
    sender.stop(Duration.ofSeconds(1));
    PrintWriter err = spec.commandLine().getErr();
    copies.settle(SparkHadoopUtil.get().newConfiguration(conf)).forEach(err::println);
    err.flush();
    long waiting = letters.waiting();
    List<String> unreadable = new ArrayList<>();
    for (SpoolStatus status : SpoolStatus.list(root)) {
      if (!status.owned()) {
        waiting += status.waiting();
        status.unreadable().ifPresent(unreadable::add);
      }
    }
    DeliveryCounters counters = sender.counters();
    return new Result(
        letters.delivered() + counters.adopted(),
        counters.ended(),
        letters.refused() + counters.refusedAdopted(),
        waiting,
        letters.failures() + counters.failures(),
        counters.damages(),
        unreadable);
  }

  private TransportConfig transport(SparkConf conf) {
    TransportConfig transport = ArgumentParser.parse(conf).getTransportConfig();
    // OpenLineage's default would log the events and so lose them.
    if (transport instanceof ConsoleConfig && !conf.contains(PREFIX + "transport.type")) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing --conf spark.openlineage.transport.type: must be where the events go, such as"
              + " http");
    }
    return transport;
  }

  private int report(Result result) {
    PrintWriter err = spec.commandLine().getErr();
    result.unreadable().forEach(err::println);
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("delivered", result.delivered());
      fields.put("ended", result.ended());
      fields.put("refused", result.refused());
      fields.put("waiting", result.waiting());
      fields.put("failedAttempts", result.failedAttempts());
      fields.put("damaged", result.damaged());
      fields.put("unreadable", result.unreadable().size());
      out.println(Json.of(fields));
    } else {
      out.printf(
          "delivered %d (of which %d end runs), refused %d, waiting %d, failed attempts %d, damaged %d, drivers unreadable %d%n",
          result.delivered(),
          result.ended(),
          result.refused(),
          result.waiting(),
          result.failedAttempts(),
          result.damaged(),
          result.unreadable().size());
    }
    out.flush();
    boolean all = result.waiting() == 0 && result.refused() == 0 && result.damaged() == 0;
    return all && result.unreadable().isEmpty() ? 0 : 1;
  }
}
