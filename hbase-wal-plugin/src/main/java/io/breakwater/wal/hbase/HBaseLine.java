package io.breakwater.wal.hbase;

import io.breakwater.wal.config.WalKeys;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.util.VersionInfo;

/** The release line of the HBase that runs, and what it needs. */
public final class HBaseLine {

  private static final String READER = "hbase.regionserver.hlog.reader.impl";
  private static final String CHECKED_READER = "io.breakwater.wal.hbase.CheckedLogReader";

  private HBaseLine() {}

  /**
   * Refuses HBase 2.5 without the settings that keep it from losing rows: it does not ask our file
   * system to recover leases, and its reader takes failures for the end of a log.
   *
   * @throws IOException naming the setting that is missing
   */
  public static void check(Configuration conf) throws IOException {
    check(conf, VersionInfo.getVersion());
  }

  static void check(Configuration conf, String version) throws IOException {
    if (VersionInfo.compareVersion(version, "2.6.0") >= 0 || version.startsWith("2.6.")) {
      return;
    }
    require(conf, WalKeys.RECOVER_ON_OPEN.name(), "true", version);
    require(conf, READER, CHECKED_READER, version);
    if (conf.getBoolean(HConstants.ENABLE_WAL_ENCRYPTION, false)) {
      throw new IOException(
          "Invalid "
              + HConstants.ENABLE_WAL_ENCRYPTION
              + ": true, must be false with HBase "
              + version
              + ", whose encryption of WALs is in its own writers; see"
              + " breakwater.wal.encryption.key-provider");
    }
  }

  private static void require(Configuration conf, String key, String value, String version)
      throws IOException {
    String given = conf.getTrimmed(key, "");
    if (!given.equals(value)) {
      throw new IOException(
          "Invalid " + key + ": " + given + ", must be " + value + " with HBase " + version);
    }
  }
}
