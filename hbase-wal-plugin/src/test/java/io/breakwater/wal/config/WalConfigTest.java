package io.breakwater.wal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalConfigTest {

  private static final String DIR = "breakwater.wal.embedded.dir";
  private static final String FSYNC = "breakwater.wal.embedded.fsync";
  private static final String PENDING = "breakwater.wal.embedded.max-pending-bytes";
  private static final String ENGINE = "breakwater.wal.engine";

  private final Configuration conf = new Configuration(false);

  WalConfigTest() {
    conf.set(DIR, "/mnt/breakwater");
  }

  @Nested
  class Values {

    @Test
    void everyKey_hasItsDefault() {
      Map<String, String> defaults = new HashMap<>();
      WalKeys.ALL.forEach(key -> defaults.put(key.name(), key.defaultValue()));
      Map<String, String> expected = new HashMap<>();
      expected.put(ENGINE, "embedded");
      expected.put(DIR, null);
      expected.put("breakwater.wal.recover-on-open", "false");
      expected.put("breakwater.wal.move.stock-wal-dir", "");
      expected.put("breakwater.wal.move.write-to", "workspace");
      expected.put(FSYNC, "true");
      expected.put(PENDING, "64m");
      expected.put("breakwater.wal.bookkeeper.zookeeper", null);
      expected.put("breakwater.wal.bookkeeper.ledgers-path", "/ledgers");
      expected.put("breakwater.wal.bookkeeper.root", "/breakwater");
      expected.put("breakwater.wal.bookkeeper.ensemble", "3");
      expected.put("breakwater.wal.bookkeeper.write-quorum", "3");
      expected.put("breakwater.wal.bookkeeper.ack-quorum", "2");
      expected.put("breakwater.wal.bookkeeper.placement-policy", "rack");
      expected.put("breakwater.wal.bookkeeper.roll-bytes", "512m");
      expected.put("breakwater.wal.bookkeeper.roll-interval", "1h");
      expected.put("breakwater.wal.bookkeeper.max-pending-bytes", "64m");
      expected.put("breakwater.wal.bookkeeper.window", "64");
      expected.put("breakwater.wal.bookkeeper.request-timeout", "5s");
      expected.put("breakwater.wal.bookkeeper.append-timeout", "30s");
      expected.put("breakwater.wal.bookkeeper.session-timeout", "10s");
      expected.put("breakwater.wal.bookkeeper.topology-script", "");
      expected.put("breakwater.wal.bookkeeper.tls.enabled", "false");
      expected.put("breakwater.wal.bookkeeper.tls.truststore.path", "");
      expected.put("breakwater.wal.bookkeeper.tls.truststore.password-file", "");
      expected.put("breakwater.wal.bookkeeper.tls.keystore.path", "");
      expected.put("breakwater.wal.bookkeeper.tls.keystore.password-file", "");
      expected.put("breakwater.wal.bookkeeper.tls.verify-hostname", "true");
      expected.put("breakwater.wal.max-record-bytes", "1g");
      expected.put("breakwater.wal.owner", "");
      expected.put("breakwater.wal.takeover", "false");
      expected.put("breakwater.wal.owner-wait", "1m");
      expected.put("breakwater.wal.encryption.key-provider", "none");
      expected.put("breakwater.wal.encryption.key-file.path", "");
      expected.put("breakwater.wal.encryption.keystore.path", "");
      expected.put("breakwater.wal.encryption.keystore.type", "JCEKS");
      expected.put("breakwater.wal.encryption.keystore.alias", "");
      expected.put("breakwater.wal.encryption.keystore.password-file", "");
      expected.put("breakwater.wal.encryption.aws-kms.key", "");
      expected.put("breakwater.wal.encryption.aws-kms.region", "");
      expected.put("breakwater.wal.encryption.aws-kms.endpoint", "");
      assertThat(defaults).isEqualTo(expected);
      assertThat(embeddedValues())
          .containsExactly("embedded", Path.of("/mnt/breakwater"), true, 64L << 20);
    }

    @Test
    void keysOfTheEmbeddedEngine_areReadFromTheirProperties() {
      Map<String, String> values =
          Map.of(ENGINE, "embedded", DIR, "/other/../place", FSYNC, "false", PENDING, "2097152");
      values.forEach(conf::set);
      assertThat(embeddedValues()).containsExactly("embedded", Path.of("/place"), false, 2L << 20);
    }

    private List<Object> embeddedValues() {
      WalConfig config = WalConfig.of(conf);
      return List.of(
          config.get(WalKeys.ENGINE),
          config.get(WalKeys.EMBEDDED_DIR),
          config.get(WalKeys.EMBEDDED_FSYNC),
          config.get(WalKeys.EMBEDDED_MAX_PENDING_BYTES));
    }

    @ParameterizedTest
    @CsvSource({"1m,1048576", "1048576,1048576", "' 1G ',1073741824", "1024k,1048576"})
    void maxPendingBytes_takesSuffixes_withinItsBounds(String text, long bytes) {
      conf.set(PENDING, text);
      assertThat(WalConfig.of(conf).get(WalKeys.EMBEDDED_MAX_PENDING_BYTES)).isEqualTo(bytes);
    }
  }

  @Nested
  class Refusals {

    @ParameterizedTest
    @ValueSource(strings = {"1048575", "1g1", "1025m", "-1", "lots", "99999999999999999999", "9e"})
    void maxPendingBytes_outOfItsBounds(String text) {
      conf.set(PENDING, text);
      assertRefused("Invalid " + PENDING + ": " + text + ", must be from 1m to 1g");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "TRUE", "0"})
    void fsync_thatIsNoBoolean(String text) {
      conf.set(FSYNC, text);
      assertRefused("Invalid " + FSYNC + ": " + text + ", must be true or false");
    }

    @Test
    void engine_thatDoesNotExist() {
      conf.set(ENGINE, "s3");
      assertRefused("Invalid " + ENGINE + ": s3, must be embedded or bookkeeper");
    }

    @ParameterizedTest
    @CsvSource({
      "breakwater.wal.bookkeeper.zookeeper, zk1",
      "breakwater.wal.bookkeeper.zookeeper, 'zk1:2181,'",
      "breakwater.wal.bookkeeper.root, /",
      "breakwater.wal.bookkeeper.ledgers-path, ledgers",
      "breakwater.wal.bookkeeper.ensemble, 0",
      "breakwater.wal.bookkeeper.ack-quorum, two",
      "breakwater.wal.bookkeeper.placement-policy, none",
      "breakwater.wal.bookkeeper.roll-bytes, 1k",
      "breakwater.wal.bookkeeper.roll-interval, 30",
      "breakwater.wal.bookkeeper.window, 0",
      "breakwater.wal.bookkeeper.append-timeout, 1s",
      "breakwater.wal.bookkeeper.tls.enabled, yes",
      "breakwater.wal.bookkeeper.topology-script, racks.sh",
      "breakwater.wal.bookkeeper.tls.truststore.path, trust.p12",
      "breakwater.wal.bookkeeper.tls.verify-hostname, 1",
      "breakwater.wal.max-record-bytes, 2147483648"
    })
    void valueOutOfItsBounds(String key, String value) {
      conf.set(ENGINE, "bookkeeper");
      conf.set("breakwater.wal.bookkeeper.zookeeper", "zk1:2181,zk2:2181");
      WalConfig.of(conf);
      conf.set(key, value);
      assertThatThrownBy(() -> WalConfig.of(conf))
          .hasMessageContaining("Invalid " + key + ": " + value + ", must be ");
    }

    @Test
    void keysOfAnotherEngine_areNotAskedFor() {
      conf.set(ENGINE, "bookkeeper");
      conf.unset(DIR);
      assertRefused(
          "Missing breakwater.wal.bookkeeper.zookeeper: must be host:port, several separated by"
              + " commas: the ZooKeeper of BookKeeper, outside the HBase cluster");
    }

    @Test
    void directory_thatIsMissing() {
      conf.unset(DIR);
      assertRefused(
          "Missing "
              + DIR
              + ": must be an absolute path on a local file system of this machine, the same for"
              + " every server on it, such as /mnt/breakwater");
    }

    @ParameterizedTest
    @ValueSource(strings = {"breakwater", "file:///mnt/breakwater", "~/breakwater"})
    void directory_thatIsNotAbsolute(String text) {
      conf.set(DIR, text);
      assertRefused(
          "Invalid "
              + DIR
              + ": "
              + text
              + ", must be an absolute path on a local file system of this machine, the same for"
              + " every server on it, such as /mnt/breakwater");
    }

    @ParameterizedTest
    @CsvSource({
      "breakwater.wal.embedded.fsnyc, breakwater.wal.embedded.fsync",
      "breakwater.wal.engin, breakwater.wal.engine",
      "breakwater.wal.embeded.directory, breakwater.wal.embedded.dir",
      "breakwater.wal.embedded.max-pending, breakwater.wal.embedded.max-pending-bytes"
    })
    void unknownKey_withTheNearestKnownOne(String unknown, String nearest) {
      conf.set(unknown, "x");
      assertRefused("Unknown " + unknown + ": did you mean " + nearest + "?");
    }

    @Test
    void allProblems_atOnce() {
      conf.unset(DIR);
      conf.set(FSYNC, "maybe");
      conf.set("breakwater.wal.b", "x");
      conf.set("breakwater.wal.a", "x");
      assertThatThrownBy(() -> WalConfig.of(conf))
          .hasMessageContainingAll("Missing " + DIR, "Invalid " + FSYNC + ": maybe")
          .hasMessageContainingAll("Unknown breakwater.wal.a", "Unknown breakwater.wal.b");
    }

    private void assertRefused(String problem) {
      assertThatThrownBy(() -> WalConfig.of(conf))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Cannot use the configuration of the Breakwater WAL: " + problem);
    }
  }

  @Test
  void keysOfOthers_areLeftAlone() {
    conf.set("breakwater.walrus", "x");
    conf.set("hbase.wal.provider", "x");
    assertThat(WalConfig.of(conf).get(WalKeys.ENGINE)).isEqualTo("embedded");
  }
}
