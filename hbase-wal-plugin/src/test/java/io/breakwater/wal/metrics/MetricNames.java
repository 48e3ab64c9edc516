package io.breakwater.wal.metrics;

import io.breakwater.wal.log.LogMetric;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a metric is called where people look for it. */
final class MetricNames {

  /** What HBase makes of a histogram, among others. */
  private static final List<String> OF_HISTOGRAM =
      List.of("num_ops", "mean", "max", "95th_percentile", "99th_percentile");

  private MetricNames() {}

  static String inJmx(LogMetric metric) {
    return metric.id().substring(0, 1).toUpperCase(Locale.ROOT) + metric.id().substring(1);
  }

  static Stream<String> inPrometheus(LogMetric metric) {
    String name =
        "breakwater_wal_" + metric.id().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    return metric.kind() == LogMetric.Kind.HISTOGRAM
        ? OF_HISTOGRAM.stream().map(suffix -> name + "_" + suffix)
        : Stream.of(name);
  }
}
