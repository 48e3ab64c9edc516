package io.breakwater.wal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.wal.log.LogMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

  private static final Path PAGE = Path.of("..", "docs", "hbase-wal-plugin-metrics.md");
  private static final Path DASHBOARD = Path.of("..", "docs", "grafana", "breakwater-wal.json");
  private static final String BEGIN = "<!-- generated:begin -->\n";
  private static final String END = "<!-- generated:end -->";
  private static final Pattern NAME = Pattern.compile("breakwater_wal_\\w+");
  private static final Set<String> NAMES =
      Arrays.stream(LogMetric.values())
          .flatMap(MetricNames::inPrometheus)
          .collect(Collectors.toSet());

  @Test
  void page_hasTheMetricsAsTheyAreDeclared() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    if (Boolean.getBoolean("breakwater.docs.write")) {
      page = page.substring(0, begin) + table() + page.substring(end);
      Files.writeString(PAGE, page);
      end = page.indexOf(END);
    }
    assertThat(page.substring(begin, end))
        .as("%s is stale: run the tests with -Dbreakwater.docs.write=true", PAGE)
        .isEqualTo(table());
  }

  @Test
  void alerts_areOnMetricsThatThereAre() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(namesIn(page.substring(page.indexOf("## What to alert on"))))
        .hasSizeGreaterThan(5)
        .allSatisfy(name -> assertThat(NAMES).contains(name));
  }

  @Test
  void dashboard_showsEveryMetric_andNoOther() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    List<String> shown = namesIn(dashboard.at("/panels").findValuesAsText("expr").toString());
    assertThat(LogMetric.values())
        .allSatisfy(metric -> assertThat(shown).containsAnyOf(names(metric)));
    assertThat(namesIn(dashboard.toString()))
        .as("in panels, variables and texts")
        .allSatisfy(name -> assertThat(NAMES).contains(name));
  }

  private static String[] names(LogMetric metric) {
    return MetricNames.inPrometheus(metric).toArray(String[]::new);
  }

  private static List<String> namesIn(String text) {
    return NAME.matcher(text).results().map(MatchResult::group).distinct().toList();
  }

  private static String table() {
    return "| JMX | Prometheus | Kind | Unit | Meaning |\n|---|---|---|---|---|\n"
        + Arrays.stream(LogMetric.values()).map(MetricsPageTest::row).collect(Collectors.joining());
  }

  private static String row(LogMetric metric) {
    boolean histogram = metric.kind() == LogMetric.Kind.HISTOGRAM;
    String prometheus = MetricNames.inPrometheus(metric).findFirst().orElseThrow();
    return "| `%s%s` | `%s` | %s | %s | %s |\n"
        .formatted(
            MetricNames.inJmx(metric),
            histogram ? "_*" : "",
            histogram ? prometheus.replace("_num_ops", "_*") : prometheus,
            metric.kind().name().toLowerCase(Locale.ROOT),
            metric.unit(),
            metric.meaning());
  }
}
