package io.breakwater.lineage;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.breakwater.lineage.archive.Archiver;
import io.breakwater.lineage.deliver.DeliveryCounters;
import io.breakwater.lineage.deliver.LineageCounts;
import io.breakwater.lineage.deliver.LineagePipeline;
import io.breakwater.lineage.events.EventStage;
import io.breakwater.lineage.events.StageDropReason;
import io.breakwater.lineage.events.TimedBuilds;
import io.breakwater.lineage.spool.DropReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.metrics.source.Source;

/**
 * What becomes of the events of one application, for Spark's metrics system: the source {@value
 * #NAME}. Safe for use by many threads.
 */
final class LineageMetrics implements Source {

  static final String NAME = "breakwater.lineage";

  private final MetricRegistry registry = new MetricRegistry();
  private final Timer listenerTime = registry.timer(LineageMetric.LISTENER_TIME.metricName());
  private final Timer captureTime = registry.timer(LineageMetric.CAPTURE_TIME.metricName());
  private final Timer stageTime = registry.timer(LineageMetric.STAGE_TIME.metricName());

  LineageMetrics(
      LineagePipeline pipeline, EventStage stage, TimedBuilds builds, Optional<Archiver> archiver) {
    DeliveryCounters delivery = pipeline.deliveryCounters();
    Supplier<LineageCounts> counts =
        () -> pipeline.counts().after(stage.counters().received(), stage.counters().dropped());
    gauge(LineageMetric.EMITTED, () -> counts.get().emitted());
    gauge(LineageMetric.SPOOLED, () -> counts.get().spooled());
    gauge(LineageMetric.DELIVERED, delivery::delivered);
    gauge(LineageMetric.ADOPTED, delivery::adopted);
    gauge(LineageMetric.REFUSED, () -> delivery.refused() + delivery.refusedAdopted());
    gauge(LineageMetric.DROPPED, () -> counts.get().dropped());
    for (StageDropReason reason : StageDropReason.values()) {
      register(dropped(reason), () -> stage.counters().dropped(reason));
    }
    for (DropReason reason : DropReason.values()) {
      register(dropped(reason), () -> pipeline.spoolCounters().dropped(reason));
    }
    gauge(LineageMetric.FAILED_ATTEMPTS, delivery::failures);
    gauge(LineageMetric.DAMAGED, delivery::damages);
    gauge(LineageMetric.STEP_FAILURES, () -> stage.counters().stepFailures());
    gauge(LineageMetric.REDUCED, () -> stage.counters().reduced());
    gauge(LineageMetric.OVERDUE, builds::overdue);
    gauge(LineageMetric.ENDED, delivery::ended);
    gauge(LineageMetric.COPIED, () -> archiver.map(Archiver::copied).orElse(0L));
    gauge(LineageMetric.COPY_FAILURES, () -> archiver.map(Archiver::failures).orElse(0L));
    gauge(LineageMetric.WAITING, () -> counts.get().waiting());
    gauge(LineageMetric.LAG, () -> pipeline.waitingSince().map(LineageMetrics::age).orElse(0L));
    gauge(LineageMetric.BYTES, pipeline::bytesOnDisk);
  }

  private static long age(Instant since) {
    return Math.max(0, Duration.between(since, Instant.now()).toMillis());
  }

  private void gauge(LineageMetric metric, Supplier<Long> value) {
    register(metric.metricName(), value);
  }

  private void register(String name, Supplier<Long> value) {
    registry.register(name, (Gauge<Long>) value::get);
  }

  /** Every reason for which events are lost: the name of its metric, and the reason in words. */
  static List<DroppedMetric> droppedMetrics() {
    List<DroppedMetric> metrics = new ArrayList<>();
    for (StageDropReason reason : StageDropReason.values()) {
      metrics.add(new DroppedMetric(dropped(reason), reason.meaning()));
    }
    for (DropReason reason : DropReason.values()) {
      metrics.add(new DroppedMetric(dropped(reason), reason.meaning()));
    }
    return metrics;
  }

  /** The metric {@code name} counts events that were lost for {@code reason}. */
  record DroppedMetric(String name, String reason) {}

  /** QUEUE_FULL as dropped.queueFull. */
  private static String dropped(Enum<?> reason) {
    StringBuilder name = new StringBuilder();
    for (String word : reason.name().toLowerCase(Locale.ROOT).split("_", -1)) {
      name.append(
          name.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return LineageMetric.DROPPED.metricName() + "." + name;
  }

  void listened(long nanos) {
    listenerTime.update(nanos, TimeUnit.NANOSECONDS);
  }

  void captured(long nanos) {
    captureTime.update(nanos, TimeUnit.NANOSECONDS);
  }

  void staged(long nanos) {
    stageTime.update(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public String sourceName() {
    return NAME;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
