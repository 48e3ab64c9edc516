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
          "the alias of a key in the keystore",
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
          "For `aws-kms`: the key. The AWS SDK for Java 2 must be on the class path, and the"
              + " role needs `kms:GenerateDataKey` and `kms:Decrypt`.");

  public static final ConfigKey<String> ENCRYPTION_KMS_REGION =
      optionalText(
          "breakwater.wal.encryption.aws-kms.region",
          "the name of a region",
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

  private static ConfigKey<String> optionalPath(String name, String doc) {
    return ConfigKey.text(
        name,
        null,
        "path",
        "",
        "an absolute path",
        text -> text.isEmpty() || text.startsWith("/"),
        doc);
  }

  private static ConfigKey<String> optionalText(String name, String bound, String doc) {
    return ConfigKey.text(name, null, "text", "", bound, text -> true, doc);
  }
}
