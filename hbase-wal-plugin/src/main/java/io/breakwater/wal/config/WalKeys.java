package io.breakwater.wal.config;

import java.nio.file.Path;
import java.util.List;

/** Every property {@code breakwater.wal.*}, in the order of the documentation. */
public final class WalKeys {

  static final String EMBEDDED = "embedded";

  public static final ConfigKey<String> ENGINE =
      ConfigKey.text(
          "breakwater.wal.engine",
          null,
          "name",
          EMBEDDED,
          "embedded, the one engine of this version",
          EMBEDDED::equals,
          "What stores the logs. `embedded` is a directory of one machine, for trying and testing.");

  public static final ConfigKey<Path> EMBEDDED_DIR =
      ConfigKey.absolutePath(
          "breakwater.wal.embedded.dir",
          EMBEDDED,
          null,
          "an absolute path on a local file system of this machine, the same for every server on"
              + " it, such as /mnt/breakwater",
          "Where the embedded engine keeps its workspaces, one directory each. The same for the"
              + " master and every region server. A local file system, not NFS. Do not put it"
              + " where it is deleted with the cluster.");

  public static final ConfigKey<Boolean> EMBEDDED_FSYNC =
      ConfigKey.flag(
          "breakwater.wal.embedded.fsync",
          EMBEDDED,
          "true",
          "Whether an append is forced to the disk before it is acknowledged. With `false`"
              + " acknowledged rows survive SIGKILL of any process but not a power loss or a"
              + " crash of the operating system.");

  public static final ConfigKey<Long> EMBEDDED_MAX_PENDING_BYTES =
      ConfigKey.bytes(
          "breakwater.wal.embedded.max-pending-bytes",
          EMBEDDED,
          "64m",
          "1m",
          "1g",
          "Bytes of one log that may wait for the disk before the writer is held back. More takes"
              + " more heap and lets a slow disk hide longer.");

  static final List<ConfigKey<?>> ALL =
      List.of(ENGINE, EMBEDDED_DIR, EMBEDDED_FSYNC, EMBEDDED_MAX_PENDING_BYTES);

  private WalKeys() {}
}
