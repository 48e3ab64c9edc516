package io.breakwater.lineage;

import io.openlineage.client.OpenLineage;
import io.openlineage.spark.api.CustomFacetBuilder;
import io.openlineage.spark.api.OpenLineageContext;
import io.openlineage.spark.api.OpenLineageEventHandlerFactory;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/** An extension of OpenLineage that hangs while it builds an event, if a test wants it to. */
public final class SlowFacets implements OpenLineageEventHandlerFactory {

  private static final AtomicInteger TO_HANG = new AtomicInteger();
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  /** Has the next {@code builds} hang until {@link #release}. */
  static void hang(int builds) {
    gate = new CountDownLatch(1);
    TO_HANG.set(builds);
  }

  /** Lets go what hangs. */
  static void release() {
    TO_HANG.set(0);
    gate.countDown();
  }

  @Override
  public Collection<CustomFacetBuilder<?, ? extends OpenLineage.RunFacet>> createRunFacetBuilders(
      OpenLineageContext context) {
    return TO_HANG.get() > 0 ? List.of(new Slow()) : List.of();
  }

  private static final class Slow
      extends CustomFacetBuilder<SparkListenerEvent, OpenLineage.RunFacet> {

    @Override
    protected void build(
        SparkListenerEvent event, BiConsumer<String, ? super OpenLineage.RunFacet> consumer) {
      if (TO_HANG.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        awaitRelease();
      }
    }

    private static void awaitRelease() {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
