package io.breakwater.wal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands share: the configuration, the two forms of output, and questions. */
@Command(mixinStandardHelpOptions = true)
abstract class WalCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description =
          "A property, over those of the hbase-site.xml on the class path; can be repeated.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(names = "--json", description = "Print JSON, one object per line.")
  private boolean json;

  @Spec private CommandSpec spec;

  final Configuration configuration() {
    Configuration configuration = HBaseConfiguration.create();
    properties.forEach(configuration::set);
    // To look at a log must not fence its writer.
    configuration.setBoolean(WalKeys.RECOVER_ON_OPEN.name(), false);
    return configuration;
  }

  /** A workspace that is there: a wrong name must not make a new one. */
  static Workspace existing(String name, Configuration configuration) throws IOException {
    List<String> names = Workspaces.list(configuration);
    if (!names.contains(name)) {
      throw new IOException(
          "Cannot open workspace " + name + ": there is none of that name, but " + names);
    }
    return Workspaces.open(name, configuration);
  }

  /** Refuses to do {@code what} to the logs of a cluster that is alive. */
  static void requireNoLiveOwner(Workspace workspace, String what, String remedy)
      throws IOException {
    Optional<Owner> owner = workspace.owner().filter(found -> found.liveProcesses() > 0);
    if (owner.isPresent()) {
      throw new IOException(
          "Cannot "
              + what
              + " workspace "
              + workspace.name()
              + ": it belongs to "
              + owner.get().name()
              + ", of which "
              + owner.get().liveProcesses()
              + " processes are alive; "
              + remedy);
    }
  }

  final BreakwaterWal.Streams streams() {
    return ((BreakwaterWal) spec.root().userObject()).streams();
  }

  final boolean json() {
    return json;
  }

  final ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  /** Prints {@code fields} as a line of JSON, or {@code text} if people read it. */
  final void print(Map<String, ?> fields, String text) {
    PrintStream out = streams().out();
    try {
      out.println(json ? JSON.writeValueAsString(fields) : text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot print " + fields + " as JSON", e);
    }
  }

  /** Prints a line that is for people only. */
  final void heading(String text) {
    if (!json) {
      streams().out().println(text);
    }
  }

  /** A person's agreement to {@code what}, given before by {@code --yes} or now by typing it. */
  final void confirm(boolean yes, String what) throws IOException {
    if (yes) {
      return;
    }
    streams().err().print(what + " Type yes to go on: ");
    streams().err().flush();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(streams().in(), StandardCharsets.UTF_8));
    String answer = in.readLine();
    if (!"yes".equals(answer)) {
      throw new IOException(
          "Cannot go on: not confirmed; answer yes, or use --yes. Nothing was changed.");
    }
  }

  /** Fields of JSON in the order given: name, value, name, value. */
  static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
