package io.breakwater.lineage.tool;

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
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
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
      "Events of a driver that lives are its own business and are left to it."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

  private static final String PREFIX = "spark.openlineage.";

  @Mixin private SpoolOption spool;

  @Option(
      names = {"-c", "--conf"},
      paramLabel = "KEY=VALUE",
      description =
          "A property spark.openlineage.*, such as spark.openlineage.transport.type=http.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description = "A file of such properties: the job's spark-defaults.conf will do.")
  private Path propertiesFile;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Give up after this time; default ${DEFAULT-VALUE}. What is left stays.")
  private long timeoutSeconds;

  @Option(names = "--json", description = "Print the result as a JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (timeoutSeconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid --timeout: " + timeoutSeconds + ", must be at least 1");
    }
    TransportConfig transport = transport();
    Path root = spool.existing();
    Sender sender =
        new Sender(
            root,
            Optional.empty(),
            () -> TransportDelegate.of(transport),
            DeliveryOptions.defaults());
    sender.start();
    sender.awaitIdle(Duration.ofSeconds(timeoutSeconds));
    sender.stop(Duration.ofSeconds(1));
    return report(sender.counters(), root);
  }

  private TransportConfig transport() throws IOException {
    SparkConf conf = new SparkConf(false);
    if (propertiesFile != null) {
      Properties file = new Properties();
      try (Reader reader = Files.newBufferedReader(propertiesFile, StandardCharsets.UTF_8)) {
        file.load(reader);
      }
      for (String name : file.stringPropertyNames()) {
        if (name.startsWith(PREFIX)) {
          conf.set(name, file.getProperty(name).trim());
        }
      }
    }
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (!property.getKey().startsWith(PREFIX)) {
        throw new ParameterException(
            spec.commandLine(),
            "Unknown --conf " + property.getKey() + ", must begin with " + PREFIX);
      }
      conf.set(property.getKey(), property.getValue());
    }
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

  private int report(DeliveryCounters counters, Path root) throws IOException {
    long waiting = 0;
    for (SpoolStatus status : SpoolStatus.list(root)) {
      waiting += status.owned() ? 0 : status.waiting();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("delivered", counters.adopted());
      fields.put("refused", counters.refusedAdopted());
      fields.put("waiting", waiting);
      fields.put("failedAttempts", counters.failures());
      fields.put("damaged", counters.damages());
      out.println(Json.of(fields));
    } else {
      out.printf(
          "delivered %d, refused %d, waiting %d, failed attempts %d, damaged %d%n",
          counters.adopted(),
          counters.refusedAdopted(),
          waiting,
          counters.failures(),
          counters.damages());
    }
    out.flush();
    return waiting == 0 && counters.refusedAdopted() == 0 && counters.damages() == 0 ? 0 : 1;
  }
}
