package io.breakwater.wal.metrics;

import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogMetric;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.apache.hadoop.hbase.metrics.MetricRegistries;
import org.apache.hadoop.hbase.metrics.MetricRegistry;
import org.apache.hadoop.hbase.metrics.MetricRegistryInfo;

/**
 * Shows what happens to the logs of this process in HBase's metrics2: in JMX as {@code
 * Hadoop:service=HBase,name=RegionServer,sub=BreakwaterWAL} or {@code name=Master,...}, at {@code
 * /jmx} and {@code /prometheus} of the server's web address, and to every configured sink.
 * Thread-safe.
 */
public final class WalMetrics implements LogEvents {

  private static WalMetrics started;

  private final Map<LogMetric, LongConsumer> metrics = new EnumMap<>(LogMetric.class);

  /**
   * The metrics of this process, which are shown from now on.
   *
   * @param server {@code RegionServer} or {@code Master}; in a process that is both, who is first
   */
  public static synchronized WalMetrics start(String server) {
    if (started == null) {
      MetricRegistryInfo info =
          new MetricRegistryInfo(
              "BreakwaterWAL",
              "Write-ahead logs in a Breakwater workspace",
              server + ",sub=BreakwaterWAL",
              server.toLowerCase(Locale.ROOT),
              false);
      started = new WalMetrics(MetricRegistries.global().create(info));
    }
    return started;
  }

  private WalMetrics(MetricRegistry registry) {
    for (LogMetric metric : LogMetric.values()) {
      metrics.put(metric, register(registry, metric));
    }
  }

  private static LongConsumer register(MetricRegistry registry, LogMetric metric) {
    return switch (metric.kind()) {
      case COUNTER -> registry.counter(metric.id())::increment;
      case HISTOGRAM -> registry.histogram(metric.id())::update;
      case GAUGE -> {
        LongAdder value = new LongAdder();
        registry.register(metric.id(), value::sum);
        yield value::add;
      }
    };
  }

  @Override
  public void add(LogMetric metric, long value) {
    metrics.get(metric).accept(value);
  }
}
