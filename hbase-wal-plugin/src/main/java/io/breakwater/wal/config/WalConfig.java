package io.breakwater.wal.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.StringUtils.TraditionalBinaryPrefix;

/**
 * The properties {@code breakwater.wal.*} of a Hadoop configuration, checked.
 *
 * @param engine what stores the logs: {@code embedded}
 * @param embeddedDirectory the absolute local directory of the embedded engine
 * @param embeddedFsync whether the embedded engine forces appends to the disk
 * @param embeddedMaxPendingBytes bytes per log that may wait for the disk
 */
public record WalConfig(
    String engine, Path embeddedDirectory, boolean embeddedFsync, long embeddedMaxPendingBytes) {

  static final String EMBEDDED = "embedded";

  private static final String PREFIX = "breakwater.wal.";
  private static final long MIN_PENDING_BYTES = 1L << 20;
  private static final long MAX_PENDING_BYTES = 1L << 30;

  static final ConfigKey<String> ENGINE =
      new ConfigKey<>(
          "breakwater.wal.engine",
          "name",
          EMBEDDED,
          "embedded, the one engine of this version",
          text -> Optional.of(text).filter(EMBEDDED::equals),
          "What stores the logs. `embedded` is a directory of one machine, for trying and testing.");

  static final ConfigKey<Path> EMBEDDED_DIR =
      new ConfigKey<>(
          "breakwater.wal.embedded.dir",
          "path",
          null,
          "an absolute path on a local file system of this machine, the same for every server on"
              + " it, such as /mnt/breakwater",
          WalConfig::absolutePath,
          "Where the embedded engine keeps its workspaces, one directory each. The same for the"
              + " master and every region server. A local file system, not NFS. Do not put it"
              + " where it is deleted with the cluster.");

  static final ConfigKey<Boolean> EMBEDDED_FSYNC =
      new ConfigKey<>(
          "breakwater.wal.embedded.fsync",
          "boolean",
          "true",
          "true or false",
          text ->
              switch (text) {
                case "true" -> Optional.of(true);
                case "false" -> Optional.of(false);
                default -> Optional.empty();
              },
          "Whether an append is forced to the disk before it is acknowledged. With `false`"
              + " acknowledged rows survive SIGKILL of any process but not a power loss or a"
              + " crash of the operating system.");

  static final ConfigKey<Long> EMBEDDED_MAX_PENDING_BYTES =
      new ConfigKey<>(
          "breakwater.wal.embedded.max-pending-bytes",
          "bytes, with k, m or g",
          "64m",
          "from 1m to 1g",
          WalConfig::pendingBytes,
          "Bytes of one log that may wait for the disk before the writer is held back. More takes"
              + " more heap and lets a slow disk hide longer.");

  /** Every key, in the order of the documentation. */
  static final List<ConfigKey<?>> KEYS =
      List.of(ENGINE, EMBEDDED_DIR, EMBEDDED_FSYNC, EMBEDDED_MAX_PENDING_BYTES);

  /**
   * Reads and checks all keys.
   *
   * @throws IllegalArgumentException naming every key that is missing, out of its bound or unknown
   */
  public static WalConfig of(Configuration conf) {
    List<String> problems = new ArrayList<>();
    String engine = ENGINE.read(conf, problems);
    Path directory = EMBEDDED_DIR.read(conf, problems);
    Boolean fsync = EMBEDDED_FSYNC.read(conf, problems);
    Long maxPendingBytes = EMBEDDED_MAX_PENDING_BYTES.read(conf, problems);
    for (String name : unknownNames(conf)) {
      problems.add("Unknown " + name + ": did you mean " + nearestKey(name) + "?");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use the configuration of the Breakwater WAL: " + String.join("; ", problems));
    }
    return new WalConfig(engine, directory, fsync, maxPendingBytes);
  }

  private static TreeSet<String> unknownNames(Configuration conf) {
    TreeSet<String> names = new TreeSet<>();
    for (Map.Entry<String, String> property : conf) {
      if (property.getKey().startsWith(PREFIX)) {
        names.add(property.getKey());
      }
    }
    KEYS.forEach(key -> names.remove(key.name()));
    return names;
  }

  private static String nearestKey(String name) {
    return KEYS.stream()
        .map(ConfigKey::name)
        .min(Comparator.comparingInt(known -> editDistance(name, known)))
        .orElseThrow();
  }

  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static Optional<Path> absolutePath(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute).map(Path::normalize);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> pendingBytes(String text) {
    try {
      return Optional.of(TraditionalBinaryPrefix.string2long(text))
          .filter(bytes -> bytes >= MIN_PENDING_BYTES && bytes <= MAX_PENDING_BYTES);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
