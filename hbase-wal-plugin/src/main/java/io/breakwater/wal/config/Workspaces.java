package io.breakwater.wal.config;

import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.MeteredWorkspace;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.bookkeeper.BookKeeperOptions;
import io.breakwater.wal.log.bookkeeper.BookKeeperWorkspace;
import io.breakwater.wal.log.bookkeeper.TlsOptions;
import io.breakwater.wal.log.embedded.EmbeddedOptions;
import io.breakwater.wal.log.embedded.EmbeddedWorkspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * The workspaces of this process, and the one place that knows which engines there are.
 *
 * <p>A workspace is opened once and stays open until the process ends: the file system view and the
 * writers share it, so that a reader sees what a writer of the same process has acknowledged. Safe
 * for use by many threads.
 */
public final class Workspaces {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Map<Key, Opened> OPEN = new HashMap<>();

  /** Who listens may come after the first workspace was opened. */
  private static volatile LogEvents listener = LogEvents.NONE;

  private static final LogEvents EVENTS = (metric, value) -> listener.add(metric, value);

  private Workspaces() {}

  private record Key(String engine, Object place, String name) {}

  private record Opened(Workspace workspace, WalConfig config) {}

  /**
   * The workspace {@code name} in the engine that {@code conf} chooses: the same object for every
   * caller in this process.
   *
   * @throws IllegalArgumentException if the name or a property {@code breakwater.wal.*} is not good
   * @throws IOException if the engine cannot open the workspace, or if it is open in this process
   *     with other settings
   */
  public static Workspace open(String name, Configuration conf) throws IOException {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Invalid workspace name: "
              + name
              + ", must be 1 to 63 of a-z, 0-9 and -, not beginning with -; it stands in"
              + " hbase.wal.dir as bwal://<workspace>/...");
    }
    WalConfig config = WalConfig.of(conf);
    Key key = new Key(config.get(WalKeys.ENGINE), place(config), name);
    synchronized (OPEN) {
      Opened opened = OPEN.get(key);
      if (opened == null) {
        opened = new Opened(open(name, config, conf), config);
        OPEN.put(key, opened);
      }
      if (!opened.config().equals(config)) {
        throw new IOException(
            "Cannot open workspace "
                + name
                + " with "
                + config
                + ": this process has it open with "
                + opened.config()
                + "; use the same breakwater.wal.* properties everywhere");
      }
      return opened.workspace();
    }
  }

  /** Has all workspaces of this process, those that are open too, tell {@code events}. */
  public static void report(LogEvents events) {
    listener = events;
  }

  /** Tells whom {@link #report} names, now or later, of what happens to logs above an engine. */
  public static LogEvents events() {
    return EVENTS;
  }

  /** The names of the workspaces that the engine of {@code conf} has, ordered. */
  public static List<String> list(Configuration conf) throws IOException {
    WalConfig config = WalConfig.of(conf);
    return switch (config.get(WalKeys.ENGINE)) {
      case WalKeys.EMBEDDED -> EmbeddedWorkspace.list(config.get(WalKeys.EMBEDDED_DIR));
      case WalKeys.BOOKKEEPER -> BookKeeperWorkspace.list(bookKeeperOptions(config));
      default -> throw new IllegalStateException("Unknown engine: " + config);
    };
  }

  /** Where the engine keeps its workspaces: two with one name in two places are two. */
  private static Object place(WalConfig config) {
    return switch (config.get(WalKeys.ENGINE)) {
      case WalKeys.EMBEDDED -> config.get(WalKeys.EMBEDDED_DIR);
      case WalKeys.BOOKKEEPER ->
          config.get(WalKeys.BOOKKEEPER_ZOOKEEPER) + config.get(WalKeys.BOOKKEEPER_ROOT);
      default -> throw new IllegalStateException("Unknown engine: " + config);
    };
  }

  private static Workspace open(String name, WalConfig config, Configuration conf)
      throws IOException {
    LogEncryption encryption = Encryption.of(name, config, conf);
    if (encryption != LogEncryption.NONE && config.get(WalKeys.ENGINE).equals(WalKeys.EMBEDDED)) {
      throw new IllegalArgumentException(
          "Invalid "
              + WalKeys.ENCRYPTION_KEY_PROVIDER.name()
              + ": "
              + config.get(WalKeys.ENCRYPTION_KEY_PROVIDER)
              + ", must be none with the engine embedded; encrypt the WALs with HBase"
              + " (hbase.regionserver.wal.encryption) or the disk");
    }
    Workspace workspace =
        switch (config.get(WalKeys.ENGINE)) {
          case WalKeys.EMBEDDED ->
              EmbeddedWorkspace.open(
                  config.get(WalKeys.EMBEDDED_DIR),
                  name,
                  new EmbeddedOptions(
                      config.get(WalKeys.EMBEDDED_FSYNC),
                      config.get(WalKeys.EMBEDDED_MAX_PENDING_BYTES)),
                  EVENTS);
          case WalKeys.BOOKKEEPER ->
              BookKeeperWorkspace.open(name, bookKeeperOptions(config), encryption, EVENTS);
          default -> throw new IllegalStateException("Unknown engine: " + config);
        };
    return new MeteredWorkspace(workspace, EVENTS);
  }

  private static BookKeeperOptions bookKeeperOptions(WalConfig config) {
    return new BookKeeperOptions(
        config.get(WalKeys.BOOKKEEPER_ZOOKEEPER),
        config.get(WalKeys.BOOKKEEPER_LEDGERS_PATH),
        config.get(WalKeys.BOOKKEEPER_ROOT),
        config.get(WalKeys.BOOKKEEPER_ENSEMBLE),
        config.get(WalKeys.BOOKKEEPER_WRITE_QUORUM),
        config.get(WalKeys.BOOKKEEPER_ACK_QUORUM),
        BookKeeperOptions.Placement.valueOf(
            config.get(WalKeys.BOOKKEEPER_PLACEMENT).toUpperCase(Locale.ROOT)),
        config.get(WalKeys.BOOKKEEPER_ROLL_BYTES),
        config.get(WalKeys.BOOKKEEPER_ROLL_INTERVAL),
        config.get(WalKeys.MAX_RECORD_BYTES),
        config.get(WalKeys.BOOKKEEPER_MAX_PENDING_BYTES),
        config.get(WalKeys.BOOKKEEPER_WINDOW),
        config.get(WalKeys.BOOKKEEPER_REQUEST_TIMEOUT),
        config.get(WalKeys.BOOKKEEPER_APPEND_TIMEOUT),
        config.get(WalKeys.BOOKKEEPER_SESSION_TIMEOUT),
        tlsOptions(config),
        clientOptions(config));
  }

  private static Map<String, String> clientOptions(WalConfig config) {
    Path script = path(config, WalKeys.BOOKKEEPER_TOPOLOGY_SCRIPT);
    if (script == null) {
      return Map.of();
    }
    if (!Files.isExecutable(script)) {
      throw new IllegalArgumentException(
          "Cannot use the configuration of the Breakwater WAL: Invalid "
              + WalKeys.BOOKKEEPER_TOPOLOGY_SCRIPT.name()
              + ": "
              + script
              + ", must be a program that this user may execute");
    }
    return Map.of(BookKeeperOptions.TOPOLOGY_SCRIPT, script.toString());
  }

  private static TlsOptions tlsOptions(WalConfig config) {
    if (!config.get(WalKeys.BOOKKEEPER_TLS_ENABLED)) {
      return null;
    }
    Path truststore = path(config, WalKeys.BOOKKEEPER_TLS_TRUSTSTORE);
    if (truststore == null) {
      throw new IllegalArgumentException(
          "Cannot use the configuration of the Breakwater WAL: Missing "
              + WalKeys.BOOKKEEPER_TLS_TRUSTSTORE.name()
              + ": must be "
              + WalKeys.BOOKKEEPER_TLS_TRUSTSTORE.bound()
              + ", because "
              + WalKeys.BOOKKEEPER_TLS_ENABLED.name()
              + " is true");
    }
    return new TlsOptions(
        truststore,
        path(config, WalKeys.BOOKKEEPER_TLS_TRUSTSTORE_PASSWORD_FILE),
        path(config, WalKeys.BOOKKEEPER_TLS_KEYSTORE),
        path(config, WalKeys.BOOKKEEPER_TLS_KEYSTORE_PASSWORD_FILE),
        config.get(WalKeys.BOOKKEEPER_TLS_VERIFY_HOSTNAME));
  }

  private static Path path(WalConfig config, ConfigKey<String> key) {
    String path = config.get(key);
    return path.isEmpty() ? null : Path.of(path);
  }
}
