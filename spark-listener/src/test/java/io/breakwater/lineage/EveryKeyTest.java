package io.breakwater.lineage;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every key has the default that its page says and takes what is on its bounds; what is beyond is
 * reported with key, value and bound, and the default stands in.
 */
class EveryKeyTest {

  private static final Path PAGE = Path.of("..", "docs", "spark-listener.md");
  private static final Pattern RANGE = Pattern.compile(".*from (\\S+) to (\\S+)");

  /** What a key must take, and what it must refuse. */
  private record Bounds(List<String> taken, List<String> refused) {

    static Bounds of(String... taken) {
      return new Bounds(List.of(taken), List.of());
    }

    Bounds not(String... values) {
      return new Bounds(taken, List.of(values));
    }
  }

  private static final Bounds FLAG = Bounds.of("true", "false").not("TRUE", "yes", "1", "");
  private static final Bounds FILE =
      Bounds.of("/x/y", "${java.io.tmpdir}/x", "/x/${user.name}").not("x", "./x", "s3://b/x", "");
  private static final Bounds PATTERN = Bounds.of("none", "^a.*b$", "\\.x$").not("(", "[a", "*");
  private static final Bounds UP_TO_10_S =
      Bounds.of("0ms", "10s", "10000ms").not("10001ms", "11s", "-1ms", "soon", "");
  private static final Bounds UP_TO_1_DAY =
      Bounds.of("0ms", "1d", "24h").not("86400001ms", "2d", "-1ms", "daily");
  private static final Bounds HEAP =
      Bounds.of("64k", "1g", "65536b").not("65535b", "1073741825b", "2g", "-1k", "large");

  private static final Map<String, Bounds> BOUNDS =
      Map.ofEntries(
          entry("enabled", FLAG),
          entry("spool.dir", FILE),
          entry("events.queueSize", Bounds.of("16", "65536").not("15", "65537", "1k", "many")),
          entry("events.queueTimeout", UP_TO_10_S),
          entry("events.maxBytes", Bounds.of("4k", "32m").not("4095b", "33554433b", "33m", "all")),
          entry(
              "events.buildTimeout",
              Bounds.of("10ms", "10min").not("9ms", "601s", "11min", "long")),
          entry(
              "events.running",
              Bounds.of("all", "none", "1ms", "1d").not("0ms", "86400001ms", "2d", "some", "All")),
          entry(
              "job.namespace",
              Bounds.of("none", "prod", "prod-${emr.cluster}/${user}")
                  .not("${cluster}", "${jobName}")),
          entry(
              "job.name",
              Bounds.of("none", "x.${jobName}")
                  .not("always the same", "${jobName}${x}", "${appName}")),
          entry("filter.excludeJobs", PATTERN),
          entry("filter.excludeDatasets", PATTERN),
          entry("procedures.readTimeout", UP_TO_10_S),
          entry("streaming.runningInterval", UP_TO_1_DAY),
          entry("streaming.batchEvery", Bounds.of("0", "1000000").not("-1", "1000001", "each")),
          entry("streaming.batchInterval", UP_TO_1_DAY),
          entry(
              "spool.maxSize",
              Bounds.of("1m", "1t").not("1048575b", "1099511627777b", "2t", "-1m", "huge")),
          entry(
              "spool.segmentSize", Bounds.of("64k", "64m").not("65535b", "67108865b", "65m", "x")),
          entry("spool.bufferSize", HEAP),
          entry("spool.bufferTimeout", UP_TO_10_S),
          entry("spool.adoptOrphans", FLAG),
          entry("delivery.minBackoff", Bounds.of("1ms", "1min").not("0ms", "61s", "-1ms", "fast")),
          entry("delivery.maxBackoff", Bounds.of("1ms", "1h").not("0ms", "3601s", "2h", "slow")),
          entry(
              "archive.path",
              Bounds.of("none", "s3a://bucket/lineage", "hdfs:///lineage", "file:/x")
                  .not("/mnt/share", "lineage", "s3a:x", "")),
          entry("archive.interval", Bounds.of("1s", "1h").not("999ms", "3601s", "2h", "often")),
          entry("ui.enabled", FLAG),
          entry("ui.maxSize", HEAP),
          entry(
              "ui.eventLogSize",
              Bounds.of("0b", "64k", "1g").not("1b", "65535b", "1073741825b", "2g", "none")),
          entry("emr.infoDir", FILE),
          entry("stopTimeout", Bounds.of("0ms", "1min").not("60001ms", "2min", "-1ms", "later")));

  static Stream<ConfigKey<?>> keys() {
    return LineageKeys.ALL.stream();
  }

  @Test
  void everyDeclaredKey_isTestedHere() {
    assertThat(BOUNDS.keySet())
        .containsExactlyInAnyOrderElementsOf(keys().map(EveryKeyTest::shortName).toList());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void default_isTheOneOfThePage_andWithinItsBounds(ConfigKey<?> key) throws IOException {
    List<String> problems = new ArrayList<>();
    LineageConfig unset = LineageConfig.of(new SparkConf(false), problems);
    LineageConfig documented =
        LineageConfig.of(new SparkConf(false).set(key.name(), documentedDefault(key)), problems);

    assertThat(problems).isEmpty();
    assertThat(documented).isEqualTo(unset);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void valueOnItsBounds_isTaken(ConfigKey<?> key) {
    List<String> taken = BOUNDS.get(shortName(key)).taken();
    assertThat(taken)
        .isNotEmpty()
        .allSatisfy(
            value -> {
              List<String> problems = new ArrayList<>();
              key.read(new SparkConf(false).set(key.name(), value), problems);
              assertThat(problems).isEmpty();
            });
    Matcher range = RANGE.matcher(key.bound());
    if (range.matches()) {
      assertThat(taken).as("the bounds of %s", key.name()).contains(range.group(1), range.group(2));
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void valueBeyondItsBounds_isReportedWithKeyValueAndBound_andTheDefaultCounts(ConfigKey<?> key) {
    LineageConfig defaults = LineageConfig.of(new SparkConf(false), new ArrayList<>());
    assertThat(BOUNDS.get(shortName(key)).refused())
        .isNotEmpty()
        .allSatisfy(
            value -> {
              List<String> problems = new ArrayList<>();
              SparkConf conf = new SparkConf(false).set(key.name(), value);
              assertThat(LineageConfig.of(conf, problems)).isEqualTo(defaults);
              assertThat(problems)
                  .containsExactly(
                      "Invalid %s: %s, must be %s; using %s"
                          .formatted(key.name(), value, key.bound(), key.defaultValue()));
            });
  }

  @ParameterizedTest
  @MethodSource("keys")
  void misspeltKey_isReportedWithTheKnownOnes(ConfigKey<?> key) {
    List<String> problems = new ArrayList<>();
    LineageConfig.of(new SparkConf(false).set(key.name() + "x", "1"), problems);
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("Unknown " + key.name() + "x, must be one of ")
        .contains(shortName(key))
        .endsWith("; ignoring it");
  }

  @Test
  void longestBackoff_isNoShorterThanTheFirst() {
    List<String> problems = new ArrayList<>();
    SparkConf conf =
        new SparkConf(false)
            .set("spark.breakwater.lineage.delivery.minBackoff", "2s")
            .set("spark.breakwater.lineage.delivery.maxBackoff", "1s");
    LineageConfig.of(conf, problems);
    assertThat(problems)
        .containsExactly(
            "Invalid spark.breakwater.lineage.delivery.maxBackoff: 1000ms, must be at least"
                + " spark.breakwater.lineage.delivery.minBackoff; using 2000ms");
  }

  private static String shortName(ConfigKey<?> key) {
    return key.name().substring(LineageKeys.PREFIX.length());
  }

  private static String documentedDefault(ConfigKey<?> key) throws IOException {
    String begin = "| `" + key.name() + "` | ";
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.equals("<!-- generated:begin -->"))
        .filter(line -> line.startsWith(begin))
        .map(line -> line.split(" \\| ", -1)[2].replace("`", ""))
        .findFirst()
        .orElseThrow();
  }
}
