package io.breakwater.wal.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Every property {@code breakwater.wal.*}, in the order of the documentation. */
public final class WalKeys {

  static final String EMBEDDED = "embedded";
  static final String BOOKKEEPER = "bookkeeper";

  public static final ConfigKey<String> ENGINE =
      ConfigKey.text(
          "breakwater.wal.engine",
          null,
          "name",
          EMBEDDED,
          "embedded or bookkeeper",
          List.of(EMBEDDED, BOOKKEEPER)::contains,
          "What stores the logs. `bookkeeper` is Apache BookKeeper, for production. `embedded` is a"
              + " directory of one machine, for trying and testing.");

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

  public static final ConfigKey<String> BOOKKEEPER_ZOOKEEPER =
      ConfigKey.text(
          "breakwater.wal.bookkeeper.zookeeper",
          BOOKKEEPER,
          "host:port, ...",
          null,
          "host:port, several separated by commas: the ZooKeeper of BookKeeper, outside the HBase"
              + " cluster",
          text -> text.matches("[^,:/ ]+:[0-9]+(,[^,:/ ]+:[0-9]+)*"),
          "The ZooKeeper in which BookKeeper keeps its metadata; the workspaces' names are kept"
              + " there, too. It must outlive the HBase cluster, so do not use HBase's.");

  public static final ConfigKey<String> BOOKKEEPER_LEDGERS_PATH =
      znode(
          "breakwater.wal.bookkeeper.ledgers-path",
          "/ledgers",
          "Where BookKeeper's metadata is in that ZooKeeper, as in `metadataServiceUri` of the"
              + " bookies.");

  public static final ConfigKey<String> BOOKKEEPER_ROOT =
      znode(
          "breakwater.wal.bookkeeper.root",
          "/breakwater",
          "Where the workspaces are in that ZooKeeper.");

  public static final ConfigKey<Integer> BOOKKEEPER_ENSEMBLE =
      ConfigKey.integer(
          "breakwater.wal.bookkeeper.ensemble",
          BOOKKEEPER,
          "3",
          1,
          99,
          "Bookies over which a ledger is spread. That many must run.");

  public static final ConfigKey<Integer> BOOKKEEPER_WRITE_QUORUM =
      ConfigKey.integer(
          "breakwater.wal.bookkeeper.write-quorum",
          BOOKKEEPER,
          "3",
          1,
          99,
          "Copies of each record. At most the ensemble.");

  public static final ConfigKey<Integer> BOOKKEEPER_ACK_QUORUM =
      ConfigKey.integer(
          "breakwater.wal.bookkeeper.ack-quorum",
          BOOKKEEPER,
          "2",
          1,
          99,
          "Copies that are forced to disks before a record is acknowledged. At most the write"
              + " quorum. One less than this many bookies can be lost for good without losing an"
              + " acknowledged record.");

  public static final ConfigKey<String> BOOKKEEPER_PLACEMENT =
      ConfigKey.text(
          "breakwater.wal.bookkeeper.placement-policy",
          BOOKKEEPER,
          "name",
          "rack",
          "rack, region or zone",
          List.of("rack", "region", "zone")::contains,
          "How a ledger's bookies are chosen: over racks, over regions, or over availability zones"
              + " (BookKeeper's rack, region and zone aware policies).");

  public static final ConfigKey<Long> BOOKKEEPER_ROLL_BYTES =
      ConfigKey.bytes(
          "breakwater.wal.bookkeeper.roll-bytes",
          BOOKKEEPER,
          "512m",
          "1m",
          "1t",
          "Bytes after which a log goes on in a new ledger.");

  public static final ConfigKey<Duration> BOOKKEEPER_ROLL_INTERVAL =
      ConfigKey.time(
          "breakwater.wal.bookkeeper.roll-interval",
          BOOKKEEPER,
          "1h",
          "1s",
          "30d",
          "Age after which a log that is written to goes on in a new ledger.");

  public static final ConfigKey<Long> BOOKKEEPER_MAX_PENDING_BYTES =
      ConfigKey.bytes(
          "breakwater.wal.bookkeeper.max-pending-bytes",
          BOOKKEEPER,
          "64m",
          "1m",
          "1g",
          "Bytes of one log that may wait for BookKeeper before the writer is held back. More"
              + " takes more heap and hides a slow bookie longer.");

  public static final ConfigKey<Integer> BOOKKEEPER_WINDOW =
      ConfigKey.integer(
          "breakwater.wal.bookkeeper.window",
          BOOKKEEPER,
          "64",
          1,
          10_000,
          "Entries of one log that are under way at once. What comes beyond is gathered and goes"
              + " as one entry when there is room.");

  public static final ConfigKey<Duration> BOOKKEEPER_REQUEST_TIMEOUT =
      ConfigKey.time(
          "breakwater.wal.bookkeeper.request-timeout",
          BOOKKEEPER,
          "5s",
          "1s",
          "5m",
          "How long a bookie may take to answer before another is taken in its place.");

  public static final ConfigKey<Duration> BOOKKEEPER_APPEND_TIMEOUT =
      ConfigKey.time(
          "breakwater.wal.bookkeeper.append-timeout",
          BOOKKEEPER,
          "30s",
          "2s",
          "1h",
          "How long an append may take, with all changes of bookies and ledgers, before the log"
              + " fails and the server aborts.");

  public static final ConfigKey<Duration> BOOKKEEPER_SESSION_TIMEOUT =
      ConfigKey.time(
          "breakwater.wal.bookkeeper.session-timeout",
          BOOKKEEPER,
          "10s",
          "2s",
          "5m",
          "Timeout of the session with BookKeeper's ZooKeeper.");

  public static final ConfigKey<String> BOOKKEEPER_TOPOLOGY_SCRIPT =
      bookKeeperPath(
          "breakwater.wal.bookkeeper.topology-script",
          "A program that is given addresses of bookies and prints for each, on a line of its own,"
              + " where it is: `/REGION/RACK`, such as `/eu-west-1a/default`. The placement"
              + " policies know by it; without it all bookies are in one place.");

  public static final ConfigKey<Boolean> BOOKKEEPER_TLS_ENABLED =
      ConfigKey.flag(
          "breakwater.wal.bookkeeper.tls.enabled",
          BOOKKEEPER,
          "false",
          "Whether the connections to bookies are encrypted. The bookies must be set up for it; see"
              + " Encrypt the connections to bookies.");

  public static final ConfigKey<String> BOOKKEEPER_TLS_TRUSTSTORE =
      bookKeeperPath(
          "breakwater.wal.bookkeeper.tls.truststore.path",
          "With TLS: a keystore (PKCS12 or JKS) with the certificates of those who sign the"
              + " bookies' certificates. It and the three files below are read again when they"
              + " have changed, for new connections.");

  public static final ConfigKey<String> BOOKKEEPER_TLS_TRUSTSTORE_PASSWORD_FILE =
      bookKeeperPath(
          "breakwater.wal.bookkeeper.tls.truststore.password-file",
          "With TLS: a file that holds the password of the truststore, if it has one.");

  public static final ConfigKey<String> BOOKKEEPER_TLS_KEYSTORE =
      bookKeeperPath(
          "breakwater.wal.bookkeeper.tls.keystore.path",
          "With TLS: a keystore (PKCS12 or JKS) with the private key and the certificate that this"
              + " server shows to the bookies. Needed if they ask for one"
              + " (`tlsClientAuthentication=true`), as they should.");

  public static final ConfigKey<String> BOOKKEEPER_TLS_KEYSTORE_PASSWORD_FILE =
      bookKeeperPath(
          "breakwater.wal.bookkeeper.tls.keystore.password-file",
          "With TLS: a file that holds the password of the keystore and of the key in it.");

  public static final ConfigKey<Boolean> BOOKKEEPER_TLS_VERIFY_HOSTNAME =
      ConfigKey.flag(
          "breakwater.wal.bookkeeper.tls.verify-hostname",
          BOOKKEEPER,
          "true",
          "With TLS: whether a bookie's certificate must be for the name or address that the"
              + " bookie advertises.");

  public static final ConfigKey<Long> MAX_RECORD_BYTES =
      ConfigKey.bytes(
          "breakwater.wal.max-record-bytes",
          null,
          "1g",
          "1m",
          "2147483647",
          "The largest record. A larger one is refused and fails its write. In BookKeeper a record"
              + " of more than 4 MiB is stored in several entries.");

  public static final ConfigKey<String> OWNER =
      optionalText(
          "breakwater.wal.owner",
          "a name of at most 200 printable characters",
          text -> text.length() <= 200 && isOneLine(text),
          "The name under which this cluster owns the workspace. If empty, one is made up and kept"
              + " in HBase's ZooKeeper, which is what you want: a cluster with a new ZooKeeper is"
              + " then another one.");

  public static final ConfigKey<Boolean> TAKEOVER =
      ConfigKey.flag(
          "breakwater.wal.takeover",
          null,
          "false",
          "Whether to take the workspace from another cluster that is alive. That cluster can then"
              + " write nothing any more, for good. For one start only: remove it afterwards.");

  public static final ConfigKey<Duration> OWNER_WAIT =
      ConfigKey.time(
          "breakwater.wal.owner-wait",
          null,
          "1m",
          "0s",
          "1h",
          "How long a server waits at its start for the processes of another cluster that owns the"
              + " workspace to vanish, before it gives up. Those of a cluster that was just lost"
              + " are seen for as long as their sessions last.");

  public static final ConfigKey<String> ENCRYPTION_KEY_PROVIDER =
      ConfigKey.text(
          "breakwater.wal.encryption.key-provider",
          null,
          "name or class",
          Encryption.NONE,
          "none, key-file, keystore, aws-kms or the name of a class",
          text ->
              List.of(Encryption.NONE, "key-file", "keystore", "aws-kms").contains(text)
                  || text.indexOf('.') > 0,
          "Who keeps the master key. With another value than `none` each new log is encrypted with"
              + " a data key of its own (AES-256-GCM), which is kept with the log, wrapped with"
              + " the master key. For the engine `bookkeeper`. Logs that were written before stay"
              + " readable; logs that are encrypted need the provider for as long as they live.");

  public static final ConfigKey<String> ENCRYPTION_KEY_FILE =
      optionalPath(
          "breakwater.wal.encryption.key-file.path",
          "For `key-file`: lines `id=key`, the key 32 bytes in Base64; the first is used for new"
              + " logs, all are used for reading. To change the key, put a new line on top and"
              + " keep the old ones for as long as logs need them; no restart is needed. Not"
              + " readable by everybody.");

  public static final ConfigKey<String> ENCRYPTION_KEYSTORE =
      optionalPath(
          "breakwater.wal.encryption.keystore.path",
          "For `keystore`: a Java keystore with secret AES keys of 256 bits.");

  public static final ConfigKey<String> ENCRYPTION_KEYSTORE_TYPE =
      ConfigKey.text(
          "breakwater.wal.encryption.keystore.type",
          null,
          "name",
          "JCEKS",
          "JCEKS or PKCS12",
          List.of("JCEKS", "PKCS12")::contains,
          "For `keystore`: its type.");

  public static final ConfigKey<String> ENCRYPTION_KEYSTORE_ALIAS =
      optionalText(
          "breakwater.wal.encryption.keystore.alias",
          "the alias of a key in the keystore, on one line",
          WalKeys::isOneLine,
          "For `keystore`: the key for new logs. Others are used for reading, by the alias under"
              + " which a log was written.");

  public static final ConfigKey<String> ENCRYPTION_KEYSTORE_PASSWORD_FILE =
      optionalPath(
          "breakwater.wal.encryption.keystore.password-file",
          "For `keystore`: a file that holds the password of the keystore and its keys.");

  public static final ConfigKey<String> ENCRYPTION_KMS_KEY =
      optionalText(
          "breakwater.wal.encryption.aws-kms.key",
          "the id, ARN or alias of a KMS key",
          text -> text.matches("[A-Za-z0-9:/_-]*"),
          "For `aws-kms`: the key. The AWS SDK for Java 2 must be on the class path, and the"
              + " role needs `kms:GenerateDataKey` and `kms:Decrypt`.");

  public static final ConfigKey<String> ENCRYPTION_KMS_REGION =
      optionalText(
          "breakwater.wal.encryption.aws-kms.region",
          "the name of a region, such as eu-west-1",
          text -> text.matches("[a-z0-9-]*"),
          "For `aws-kms`: the region of the key, if the AWS SDK is not to find it.");

  public static final ConfigKey<String> ENCRYPTION_KMS_ENDPOINT =
      ConfigKey.text(
          "breakwater.wal.encryption.aws-kms.endpoint",
          null,
          "URI",
          "",
          "empty or a URI that begins with http:// or https://",
          text -> text.isEmpty() || text.matches("https?://[^ ]+"),
          "For `aws-kms`: the address of KMS, for a private endpoint.");

  /** Of {@link #MOVE_WRITE_TO}: into {@link #MOVE_STOCK_WAL_DIR}. */
  public static final String STOCK = "stock";

  public static final ConfigKey<String> MOVE_STOCK_WAL_DIR =
      ConfigKey.text(
          "breakwater.wal.move.stock-wal-dir",
          null,
          "URI",
          "",
          "empty or a URI with scheme and path, such as hdfs://nn:8020/hbase",
          text -> text.isEmpty() || (text.matches("[a-z0-9+.-]+:/.+") && !text.startsWith("bwal:")),
          "Only while a running cluster moves into the workspace or out of it: where HBase without"
              + " this plugin has its WALs, which is its `hbase.wal.dir`, or `hbase.rootdir` if"
              + " that is not set. Logs there are seen, recovered and cleaned along with those in"
              + " the workspace.");

  public static final ConfigKey<String> MOVE_WRITE_TO =
      ConfigKey.text(
          "breakwater.wal.move.write-to",
          null,
          "name",
          "workspace",
          "workspace or stock",
          List.of("workspace", STOCK)::contains,
          "With `breakwater.wal.move.stock-wal-dir`: where new logs go. `stock` first, until every"
              + " server can read both places; see Move a running cluster.");

  public static final ConfigKey<Boolean> RECOVER_ON_OPEN =
      ConfigKey.flag(
          "breakwater.wal.recover-on-open",
          null,
          "false",
          "For HBase 2.5, which recovers leases on HDFS alone: a log that has left the directory of"
              + " its writer is recovered when it is looked at or opened, instead of an error."
              + " HBase 2.6 asks for the recovery itself, and a log that it did not ask for is"
              + " better an error.");

  static final List<ConfigKey<?>> ALL =
      List.of(
          ENGINE,
          RECOVER_ON_OPEN,
          MOVE_STOCK_WAL_DIR,
          MOVE_WRITE_TO,
          EMBEDDED_DIR,
          EMBEDDED_FSYNC,
          EMBEDDED_MAX_PENDING_BYTES,
          BOOKKEEPER_ZOOKEEPER,
          BOOKKEEPER_LEDGERS_PATH,
          BOOKKEEPER_ROOT,
          BOOKKEEPER_ENSEMBLE,
          BOOKKEEPER_WRITE_QUORUM,
          BOOKKEEPER_ACK_QUORUM,
          BOOKKEEPER_PLACEMENT,
          BOOKKEEPER_ROLL_BYTES,
          BOOKKEEPER_ROLL_INTERVAL,
          BOOKKEEPER_MAX_PENDING_BYTES,
          BOOKKEEPER_WINDOW,
          BOOKKEEPER_REQUEST_TIMEOUT,
          BOOKKEEPER_APPEND_TIMEOUT,
          BOOKKEEPER_SESSION_TIMEOUT,
          BOOKKEEPER_TOPOLOGY_SCRIPT,
          BOOKKEEPER_TLS_ENABLED,
          BOOKKEEPER_TLS_TRUSTSTORE,
          BOOKKEEPER_TLS_TRUSTSTORE_PASSWORD_FILE,
          BOOKKEEPER_TLS_KEYSTORE,
          BOOKKEEPER_TLS_KEYSTORE_PASSWORD_FILE,
          BOOKKEEPER_TLS_VERIFY_HOSTNAME,
          MAX_RECORD_BYTES,
          OWNER,
          TAKEOVER,
          OWNER_WAIT,
          ENCRYPTION_KEY_PROVIDER,
          ENCRYPTION_KEY_FILE,
          ENCRYPTION_KEYSTORE,
          ENCRYPTION_KEYSTORE_TYPE,
          ENCRYPTION_KEYSTORE_ALIAS,
          ENCRYPTION_KEYSTORE_PASSWORD_FILE,
          ENCRYPTION_KMS_KEY,
          ENCRYPTION_KMS_REGION,
          ENCRYPTION_KMS_ENDPOINT);

  private WalKeys() {}

  private static ConfigKey<String> znode(String name, String defaultValue, String doc) {
    return ConfigKey.text(
        name,
        BOOKKEEPER,
        "path",
        defaultValue,
        "an absolute path in ZooKeeper, not its root",
        text -> text.matches("(/[^/ ]+)+"),
        doc);
  }

  private static ConfigKey<String> optionalPath(String name, String doc) {
    return optionalPath(name, null, doc);
  }

  private static ConfigKey<String> bookKeeperPath(String name, String doc) {
    return optionalPath(name, BOOKKEEPER, doc);
  }

  private static ConfigKey<String> optionalPath(String name, String engine, String doc) {
    return ConfigKey.text(
        name,
        engine,
        "path",
        "",
        "an absolute path",
        text -> text.isEmpty() || text.startsWith("/"),
        doc);
  }

  private static ConfigKey<String> optionalText(
      String name, String bound, Predicate<String> good, String doc) {
    return ConfigKey.text(name, null, "text", "", bound, good, doc);
  }

  private static boolean isOneLine(String text) {
    return text.codePoints().noneMatch(Character::isISOControl);
  }
}
