package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.events.EventStageOptions;
import io.breakwater.lineage.filter.FilterOptions;
import io.breakwater.lineage.naming.NamingOptions;
import io.breakwater.lineage.streaming.StreamingOptions;
import io.breakwater.lineage.ui.UiOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class LineageConfigTest {

  private final List<String> problems = new ArrayList<>();

  @Test
  void emptyConfiguration_givesDefaults() {
    LineageConfig config = LineageConfig.of(new SparkConf(false), problems);
    assertThat(problems).isEmpty();
    assertThat(config.enabled()).isTrue();
    assertThat(config.spoolDirectory()).isAbsolute();
    assertThat(config.spool().maxBytes()).isEqualTo(1L << 30);
    assertThat(config.archive().path()).isEmpty();
    assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void everyKey_isRead() {
    SparkConf conf = new SparkConf(false);
    conf.set("spark.breakwater.lineage.enabled", "false");
    conf.set("spark.breakwater.lineage.spool.dir", "/x/y");
    conf.set("spark.breakwater.lineage.events.queueSize", "32");
    conf.set("spark.breakwater.lineage.events.queueTimeout", "3s");
    conf.set("spark.breakwater.lineage.events.maxBytes", "64k");
    conf.set("spark.breakwater.lineage.events.buildTimeout", "9s");
    conf.set("spark.breakwater.lineage.procedures.readTimeout", "4s");
    conf.set("spark.breakwater.lineage.streaming.runningInterval", "5s");
    conf.set("spark.breakwater.lineage.streaming.batchEvery", "6");
    conf.set("spark.breakwater.lineage.streaming.batchInterval", "7s");
    conf.set("spark.breakwater.lineage.events.running", "30s");
    conf.set("spark.breakwater.lineage.job.namespace", "prod-${emr.cluster}");
    conf.set("spark.breakwater.lineage.job.name", "x.${jobName}");
    conf.set("spark.breakwater.lineage.filter.excludeJobs", "collect_limit$");
    conf.set("spark.breakwater.lineage.filter.excludeDatasets", "^file/tmp/");
    conf.set("spark.breakwater.lineage.spool.maxSize", "2g");
    conf.set("spark.breakwater.lineage.spool.segmentSize", "1m");
    conf.set("spark.breakwater.lineage.spool.bufferSize", "128k");
    conf.set("spark.breakwater.lineage.spool.bufferTimeout", "2s");
    conf.set("spark.breakwater.lineage.spool.adoptOrphans", "false");
    conf.set("spark.breakwater.lineage.delivery.minBackoff", "3ms");
    conf.set("spark.breakwater.lineage.delivery.maxBackoff", "4min");
    conf.set("spark.breakwater.lineage.archive.path", "s3a://bucket/lineage");
    conf.set("spark.breakwater.lineage.archive.interval", "5s");
    conf.set("spark.breakwater.lineage.ui.enabled", "false");
    conf.set("spark.breakwater.lineage.ui.maxSize", "64k");
    conf.set("spark.breakwater.lineage.ui.eventLogSize", "0b");
    conf.set("spark.breakwater.lineage.emr.infoDir", "/i");
    conf.set("spark.breakwater.lineage.stopTimeout", "500ms");
    LineageConfig config = LineageConfig.of(conf, problems);
    assertThat(problems).isEmpty();
    assertThat(config.enabled()).isFalse();
    assertThat(config.ui()).isEqualTo(new UiOptions(false, 64 << 10, 0));
    assertThat(config.spoolDirectory()).isEqualTo(Path.of("/x/y"));
    assertThat(config.events())
        .isEqualTo(new EventStageOptions(32, Duration.ofSeconds(3), 64L << 10));
    assertThat(config.buildTimeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.proceduresReadTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.streaming())
        .isEqualTo(new StreamingOptions(Duration.ofSeconds(5), 6, Duration.ofSeconds(7)));
    assertThat(config.naming().namespace().orElseThrow().text()).isEqualTo("prod-${emr.cluster}");
    assertThat(config.naming().name().orElseThrow().text()).isEqualTo("x.${jobName}");
    assertThat(config.filter().running()).contains(Duration.ofSeconds(30));
    assertThat(config.filter().jobs().orElseThrow().pattern()).isEqualTo("collect_limit$");
    assertThat(config.filter().datasets().orElseThrow().pattern()).isEqualTo("^file/tmp/");
    assertThat(config.spool().maxBytes()).isEqualTo(2L << 30);
    assertThat(config.spool().segmentBytes()).isEqualTo(1 << 20);
    assertThat(config.spool().bufferBytes()).isEqualTo(128 << 10);
    assertThat(config.spool().bufferTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.delivery().adoptOrphans()).isFalse();
    assertThat(config.delivery().minBackoff()).isEqualTo(Duration.ofMillis(3));
    assertThat(config.delivery().maxBackoff()).isEqualTo(Duration.ofMinutes(4));
    assertThat(config.archive().path()).contains(URI.create("s3a://bucket/lineage"));
    assertThat(config.archive().interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.emrInfoDirectory()).isEqualTo(Path.of("/i"));
    assertThat(config.stopTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(LineageKeys.ALL).allSatisfy(key -> assertThat(conf.contains(key.name())).isTrue());
  }

  @Test
  void valueOutOfBounds_isReportedAndTheDefaultUsed() {
    SparkConf conf = new SparkConf(false);
    conf.set("spark.breakwater.lineage.spool.maxSize", "12");
    conf.set("spark.breakwater.lineage.stopTimeout", "soon");
    LineageConfig config = LineageConfig.of(conf, problems);
    assertThat(problems)
        .containsExactly(
            "Invalid spark.breakwater.lineage.spool.maxSize: 12, must be from 1m to 1t; using 1g",
            "Invalid spark.breakwater.lineage.stopTimeout: soon, must be from 0ms to 1min;"
                + " using 1s");
    assertThat(config.spool().maxBytes()).isEqualTo(1L << 30);
  }

  @Test
  void templateWithAnUnknownPlaceholder_isReportedWithTheKnownOnes_andNotUsed() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.breakwater.lineage.job.namespace", "prod-${cluster}")
            .set("spark.breakwater.lineage.job.name", "always the same");
    LineageConfig config = LineageConfig.of(conf, problems);
    assertThat(problems)
        .containsExactly(
            "Invalid spark.breakwater.lineage.job.namespace: prod-${cluster}, must be none, or a"
                + " text in which each placeholder is one of ${appName}, ${emr.cluster},"
                + " ${emr.step}, ${namespace}, ${user}; using none",
            "Invalid spark.breakwater.lineage.job.name: always the same, must be none, or a text"
                + " with ${jobName} in which each placeholder is one of ${appName}, ${emr.cluster},"
                + " ${emr.step}, ${jobName}, ${namespace}, ${user}; using none");
    assertThat(config.naming()).isEqualTo(NamingOptions.none());
  }

  @Test
  void settingsInTheLog_areTheOnesThatCount() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.breakwater.lineage.stopTimeout", "3s")
            .set("spark.breakwater.lineage.spool.maxSize", "many");
    assertThat(LineageKeys.describe(conf)).contains("stopTimeout=3s", "spool.maxSize=1g");
  }

  @Test
  void settingsInTheLog_areAllOfThem() {
    String settings = LineageKeys.describe(new SparkConf(false));
    assertThat(LineageKeys.ALL)
        .filteredOn(key -> !key.equals(LineageKeys.ENABLED))
        .allSatisfy(
            key ->
                assertThat(settings)
                    .contains(key.name().substring("spark.breakwater.lineage.".length()) + "="));
  }

  @Test
  void archivePathWithoutSchemeOrWithAUser_isRefused() {
    for (String path : List.of("/mnt/share", "lineage", "s3a://key:secret@bucket/x", "s3a:x")) {
      problems.clear();
      SparkConf conf = new SparkConf(false).set("spark.breakwater.lineage.archive.path", path);
      assertThat(LineageConfig.of(conf, problems).archive().path()).isEmpty();
      assertThat(problems)
          .singleElement()
          .asString()
          .startsWith("Invalid spark.breakwater.lineage.archive.path: ")
          .contains("must be none, or an absolute path with its scheme")
          .doesNotContain("secret");
    }
  }

  @Test
  void filterThatIsNoPattern_isReportedAndFiltersNothing() {
    SparkConf conf = new SparkConf(false);
    conf.set("spark.breakwater.lineage.filter.excludeJobs", "(");
    conf.set("spark.breakwater.lineage.events.running", "some");
    LineageConfig config = LineageConfig.of(conf, problems);
    assertThat(problems)
        .containsExactly(
            "Invalid spark.breakwater.lineage.events.running: some, must be all, none or from 1ms"
                + " to 1d; using 1min",
            "Invalid spark.breakwater.lineage.filter.excludeJobs: (, must be none or a regular"
                + " expression; using none");
    assertThat(config.filter())
        .isEqualTo(
            new FilterOptions(
                Optional.of(Duration.ofMinutes(1)), Optional.empty(), Optional.empty()));
  }

  @Test
  void unknownKey_isRefusedByName() {
    SparkConf conf = new SparkConf(false);
    conf.set("spark.breakwater.lineage.spool.directory", "/x");
    LineageConfig.of(conf, problems);
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("Unknown spark.breakwater.lineage.spool.directory, must be one of")
        .contains("spool.dir")
        .endsWith("; ignoring it");
  }

  @Test
  void transportInTheLog_showsNoSecret() {
    SparkConf conf = new SparkConf(false);
    conf.set("spark.openlineage.transport.type", "http");
    conf.set("spark.openlineage.transport.url", "https://user:hunter2@host:5000/p?api_key=hunter2");
    conf.set("spark.openlineage.transport.auth.apiKey", "hunter2");
    conf.set("spark.openlineage.transport.headers.X-Token", "hunter2");
    assertThat(DelegateSummary.of(conf))
        .isEqualTo("http url=https://host:5000/p")
        .doesNotContain("hunter2");
  }
}
