package io.breakwater.wal.config;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every key has the default that its page says, takes what is on its bounds and refuses what is
 * beyond, naming key, value and bound.
 */
class EveryKeyTest {

  private static final Path PAGE = Path.of("..", "docs", "hbase-wal-plugin.md");
  private static final Pattern RANGE = Pattern.compile("from (\\S+) to (\\S+)");

  /** What a key must take, and what it must refuse. */
  private record Bounds(List<String> taken, List<String> refused) {

    static Bounds of(String... taken) {
      return new Bounds(List.of(taken), List.of());
    }

    Bounds not(String... values) {
      return new Bounds(taken, List.of(values));
    }
  }

  private static final Bounds FLAG =
      Bounds.of("true", "false").not("TRUE", "yes", "0", "truefalse");
  private static final Bounds FILE =
      Bounds.of("/etc/breakwater/x").not("x", "./x", "~/x", "file:///x");
  private static final Bounds ZNODE = Bounds.of("/a", "/a/b-c").not("/", "a", "/a/", "//a", "/a b");
  private static final Bounds QUORUM = Bounds.of("1", "99").not("0", "100", "-1", "1.5", "two");
  private static final Bounds PENDING =
      Bounds.of("1m", "1g", "1048576").not("1048575", "1073741825", "2g", "-1", "lots", "1x");

  private static final Map<String, Bounds> BOUNDS =
      Map.ofEntries(
          entry("engine", Bounds.of("embedded", "bookkeeper").not("s3", "Embedded")),
          entry("recover-on-open", FLAG),
          entry(
              "move.stock-wal-dir",
              Bounds.of("hdfs://nn:8020/hbase", "s3://b/hbase", "file:/hbase")
                  .not("/hbase", "hdfs:", "bwal://prod/hbase")),
          entry("move.write-to", Bounds.of("workspace", "stock").not("both", "Stock")),
          entry("embedded.dir", FILE),
          entry("embedded.fsync", FLAG),
          entry("embedded.max-pending-bytes", PENDING),
          entry(
              "bookkeeper.zookeeper",
              Bounds.of("zk1:2181", "10.0.0.1:2181,zk2:2182")
                  .not("zk1", "zk1:2181,", "zk1:x", "a b:1")),
          entry("bookkeeper.ledgers-path", ZNODE),
          entry("bookkeeper.root", ZNODE),
          entry("bookkeeper.ensemble", QUORUM),
          entry("bookkeeper.write-quorum", QUORUM),
          entry("bookkeeper.ack-quorum", QUORUM),
          entry(
              "bookkeeper.placement-policy",
              Bounds.of("rack", "region", "zone").not("none", "RACK")),
          entry(
              "bookkeeper.roll-bytes",
              Bounds.of("1m", "1t").not("1048575", "1099511627777", "2t", "-1", "big")),
          entry(
              "bookkeeper.roll-interval",
              Bounds.of("1s", "30d", "1000ms").not("999ms", "31d", "721h", "30", "-1s", "soon")),
          entry("bookkeeper.max-pending-bytes", PENDING),
          entry("bookkeeper.window", Bounds.of("1", "10000").not("0", "10001", "wide")),
          entry("bookkeeper.request-timeout", Bounds.of("1s", "5m").not("999ms", "301s", "5", "x")),
          entry(
              "bookkeeper.append-timeout", Bounds.of("2s", "1h").not("1999ms", "3601s", "2", "x")),
          entry(
              "bookkeeper.session-timeout", Bounds.of("2s", "5m").not("1999ms", "301s", "2", "x")),
          entry("bookkeeper.topology-script", FILE),
          entry("bookkeeper.tls.enabled", FLAG),
          entry("bookkeeper.tls.truststore.path", FILE),
          entry("bookkeeper.tls.truststore.password-file", FILE),
          entry("bookkeeper.tls.keystore.path", FILE),
          entry("bookkeeper.tls.keystore.password-file", FILE),
          entry("bookkeeper.tls.verify-hostname", FLAG),
          entry(
              "max-record-bytes",
              Bounds.of("1m", "2147483647").not("1048575", "2147483648", "2g", "huge")),
          entry(
              "owner",
              Bounds.of("prod", "cluster 7, Zürich", "x".repeat(200)).not("x".repeat(201), "a\nb")),
          entry("takeover", FLAG),
          entry("owner-wait", Bounds.of("0s", "1h").not("3601s", "-1s", "60", "long")),
          entry(
              "encryption.key-provider",
              Bounds.of("none", "key-file", "keystore", "aws-kms", "com.example.Keys")
                  .not("None", "kms", ".Keys")),
          entry("encryption.key-file.path", FILE),
          entry("encryption.keystore.path", FILE),
          entry("encryption.keystore.type", Bounds.of("JCEKS", "PKCS12").not("JKS", "jceks")),
          entry("encryption.keystore.alias", Bounds.of("wal", "wal key 2").not("a\nb", "a\tb")),
          entry("encryption.keystore.password-file", FILE),
          entry(
              "encryption.aws-kms.key",
              Bounds.of(
                      "1234abcd-12ab-34cd-56ef-1234567890ab",
                      "alias/wal_2",
                      "arn:aws:kms:eu-west-1:111122223333:key/mrk-1")
                  .not("my key", "alias/wal;x")),
          entry(
              "encryption.aws-kms.region",
              Bounds.of("eu-west-1", "us-gov-east-1").not("eu west", "EU")),
          entry(
              "encryption.aws-kms.endpoint",
              Bounds.of("https://kms.local", "http://[::1]:8080")
                  .not("kms.local", "ftp://kms", "http://a b")));

  static Stream<ConfigKey<?>> keys() {
    return WalKeys.ALL.stream();
  }

  @Test
  void everyDeclaredKey_isTestedHere() {
    assertThat(BOUNDS.keySet())
        .containsExactlyInAnyOrderElementsOf(keys().map(EveryKeyTest::shortName).toList());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void default_isTheOneOfThePage(ConfigKey<?> key) throws IOException {
    String documented = documentedDefault(key);
    Configuration conf = complete(key);
    conf.unset(key.name());
    if (documented.equals("none, required")) {
      assertThatThrownBy(() -> WalConfig.of(conf))
          .hasMessage(problem("Missing " + key.name() + ": must be " + key.bound()));
    } else {
      Object unset = WalConfig.of(conf).get(key);
      conf.set(key.name(), documented.replace("`", ""));
      assertThat(WalConfig.of(conf).get(key)).isEqualTo(unset);
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void valueOnItsBounds_isTaken(ConfigKey<?> key) {
    List<String> taken = BOUNDS.get(shortName(key)).taken();
    assertThat(taken).isNotEmpty().allSatisfy(value -> assertThat(read(key, value)).isNotNull());
    Matcher range = RANGE.matcher(key.bound());
    if (range.matches()) {
      assertThat(taken).as("the bounds of %s", key.name()).contains(range.group(1), range.group(2));
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void valueBeyondItsBounds_isRefused_namingKeyValueAndBound(ConfigKey<?> key) {
    assertThat(BOUNDS.get(shortName(key)).refused())
        .isNotEmpty()
        .allSatisfy(
            value ->
                assertThatThrownBy(() -> read(key, value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                        problem(
                            "Invalid " + key.name() + ": " + value + ", must be " + key.bound())));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void misspeltKey_isRefused_withTheRightOne(ConfigKey<?> key) {
    Configuration conf = complete(key);
    conf.set(key.name() + "x", "1");
    assertThatThrownBy(() -> WalConfig.of(conf))
        .hasMessage(problem("Unknown " + key.name() + "x: did you mean " + key.name() + "?"));
  }

  private static Object read(ConfigKey<?> key, String value) {
    Configuration conf = complete(key);
    conf.set(key.name(), value);
    return WalConfig.of(conf).get(key);
  }

  /** A configuration that is good, of the engine that the key belongs to. */
  private static Configuration complete(ConfigKey<?> key) {
    Configuration conf = new Configuration(false);
    conf.set(WalKeys.EMBEDDED_DIR.name(), "/mnt/breakwater");
    conf.set(WalKeys.BOOKKEEPER_ZOOKEEPER.name(), "zk1:2181");
    if (key.engine() != null) {
      conf.set(WalKeys.ENGINE.name(), key.engine());
    }
    return conf;
  }

  private static String shortName(ConfigKey<?> key) {
    return key.name().substring("breakwater.wal.".length());
  }

  private static String problem(String text) {
    return "Cannot use the configuration of the Breakwater WAL: " + text;
  }

  private static String documentedDefault(ConfigKey<?> key) throws IOException {
    String begin = "| `" + key.name() + "` | ";
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.equals("<!-- generated:begin -->"))
        .filter(line -> line.startsWith(begin))
        .map(line -> line.split(" \\| ", -1)[2])
        .findFirst()
        .orElseThrow();
  }
}
