package io.breakwater.lineage.tool;

import io.breakwater.lineage.archive.Archive;
import io.breakwater.lineage.archive.ArchiveReplay;
import io.breakwater.lineage.spool.Damage;
import io.breakwater.lineage.spool.SpoolStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "ls",
    aliases = "status",
    description = "Lists the drivers that have events in the spool, and how many wait.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {

  @Mixin private SpoolOption spool;

  @Mixin private ConfOptions properties;

  @Option(names = "--json", description = "Print one JSON object per driver.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<SpoolStatus> statuses = statuses();
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.printf(
          "%-46s %-8s %8s %12s %8s %8s%n",
          "DRIVER", "STATE", "SEGMENTS", "BYTES", "WAITING", "DAMAGED");
    }
    boolean damaged = false;
    for (SpoolStatus status : statuses) {
      List<String> damages =
          status.damages().stream().filter(d -> !d.tornTail()).map(Damage::describe).toList();
      damaged |= !damages.isEmpty() || status.unreadable().isPresent();
      if (json) {
        out.println(Json.of(fields(status, damages)));
      } else {
        out.printf(
            "%-46s %-8s %8d %12d %8d %8d%n",
            status.driver(),
            state(status),
            status.segments(),
            status.bytes(),
            status.waiting(),
            damages.size());
        damages.forEach(damage -> out.println("  " + damage));
        status.unreadable().ifPresent(reason -> out.println("  " + reason));
      }
    }
    out.flush();
    return damaged ? 1 : 0;
  }

  private List<SpoolStatus> statuses() throws IOException {
    Optional<Archive> archive = spool.archive(properties.read());
    return archive.isPresent()
        ? new ArchiveReplay(archive.get()).status()
        : SpoolStatus.list(spool.existing());
  }

  private static Map<String, Object> fields(SpoolStatus status, List<String> damages) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("driver", status.driver());
    fields.put("state", state(status));
    fields.put("segments", status.segments());
    fields.put("bytes", status.bytes());
    fields.put("waiting", status.waiting());
    fields.put("damages", damages);
    status.unreadable().ifPresent(reason -> fields.put("unreadable", reason));
    return fields;
  }

  private static String state(SpoolStatus status) {
    return status.owned() ? "live" : "orphan";
  }
}
