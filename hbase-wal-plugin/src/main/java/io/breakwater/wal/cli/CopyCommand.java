package io.breakwater.wal.cli;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "copy",
    description = {
      "Copies the directories and logs at and below SOURCE to TARGET, in another workspace or another"
          + " engine, and reads every copy back to compare it.",
      "Run it again after an interruption: logs that are there already are left out. Exit code 1 if a"
          + " log could not be copied."
    })
final class CopyCommand extends WalCommand {

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = "bwal://WORKSPACE/PATH, or WORKSPACE for all of it.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "The same; the workspace is made if it is not there.")
  private String target;

  @Option(
      names = "--target-site",
      paramLabel = "FILE",
      description = "An hbase-site.xml for TARGET, whose keys count over those for SOURCE.")
  private Path targetSite;

  @Option(
      names = "-T",
      paramLabel = "KEY=VALUE",
      description = "A property for TARGET only, such as breakwater.wal.engine; can be repeated.")
  private Map<String, String> targetProperties = new LinkedHashMap<>();

  @Option(
      names = "--recover",
      description = "Fence the open logs of SOURCE first, which ends their writers.")
  private boolean recover;

  private int copied;
  private int skipped;
  private int failed;
  private long bytes;

  @Override
  public Integer call() throws IOException {
    Configuration configuration = configuration();
    Location from = Location.of(List.of(source));
    Location to = Location.of(List.of(target));
    Workspace origin = existing(from.workspace(), configuration);
    requireSealed(origin, from);
    Workspace destination = Workspaces.open(to.workspace(), targetConfiguration(configuration));
    if (origin == destination && nested(from.path(), to.path())) {
      throw usage("Invalid TARGET: " + to + ", must not be SOURCE, below it or above it");
    }
    Tree tree = Tree.below(origin, LocationCommand.require(origin, from)).whole();
    LogCopy copy = new LogCopy(origin, destination);
    try (Progress progress = new Progress(streams(), tree.logs().size(), tree.bytes())) {
      for (PathStatus entry : tree.entries()) {
        String path = moved(entry.path(), from.path(), to.path());
        if (entry.directory()) {
          destination.createDirectories(path);
        } else {
          destination.createDirectories(parent(path));
          copy(copy, entry, path, progress);
        }
      }
    }
    print(
        fields(
            "summary",
            from + " to " + to,
            "copied",
            copied,
            "skipped",
            skipped,
            "failed",
            failed,
            "bytes",
            bytes),
        String.format(
            "%s to %s: %d copied, %d there already, %d failed; %s written",
            from, to, copied, skipped, failed, size(bytes)));
    return failed == 0 ? BreakwaterWal.OK : BreakwaterWal.FINDINGS;
  }

  private Configuration targetConfiguration(Configuration configuration) throws IOException {
    Configuration changed = new Configuration(configuration);
    if (targetSite != null) {
      if (!Files.isRegularFile(targetSite)) {
        throw new IOException(
            "Cannot read --target-site " + targetSite + ": there is no such file");
      }
      Configuration site = new Configuration(false);
      site.addResource(targetSite.toUri().toURL());
      // A resource would not count over properties that were set one by one.
      site.forEach(property -> changed.set(property.getKey(), property.getValue()));
    }
    targetProperties.forEach(changed::set);
    return changed;
  }

  /** Sees to it that no log is open, before anything is copied or made. */
  private void requireSealed(Workspace origin, Location from) throws IOException {
    Tree tree = Tree.below(origin, LocationCommand.require(origin, from)).whole();
    List<PathStatus> open = tree.unsealed();
    if (open.isEmpty()) {
      return;
    }
    if (!recover) {
      throw new IOException(
          "Cannot copy "
              + from
              + ": "
              + open.size()
              + " logs are open, the first of them "
              + open.get(0).path()
              + "; stop HBase cleanly, or use --recover, which fences their writers");
    }
    requireNoLiveOwner(origin, "recover logs of", "stop them");
    for (PathStatus log : open) {
      origin.recover(log.path());
    }
  }

  private void copy(LogCopy copy, PathStatus log, String path, Progress progress) {
    try {
      if (copy.done(log, path)) {
        skipped++;
        progress.bytes(log.length());
      } else {
        int checksum = copy.copy(log, path, progress::bytes);
        copied++;
        bytes += log.length();
        progress.clear();
        print(
            fields(
                "path",
                path,
                "result",
                "copied",
                "bytes",
                log.length(),
                "crc32c",
                String.format("%08x", checksum)),
            String.format("copied   %s: %d bytes, CRC-32C %08x", path, log.length(), checksum));
      }
    } catch (IOException e) {
      failed++;
      progress.clear();
      print(
          fields("path", path, "result", "failed", "cause", e.getMessage()),
          "FAILED   " + path + ": " + e.getMessage());
    }
    progress.logDone();
  }

  private static boolean nested(String a, String b) {
    return (a + "/").replace("//", "/").startsWith((b + "/").replace("//", "/"))
        || (b + "/").replace("//", "/").startsWith((a + "/").replace("//", "/"));
  }

  private static String moved(String path, String from, String to) {
    String relative = path.substring(from.equals("/") ? 0 : from.length());
    String moved = (to.equals("/") ? "" : to) + (relative.equals("/") ? "" : relative);
    return moved.isEmpty() ? "/" : moved;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }
}
