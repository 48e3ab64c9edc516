package io.breakwater.lineage;

import java.util.function.BooleanSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import scala.Option;

/**
 * Whether the context has begun to stop, which it says before it waits for its listeners. Used by
 * one thread, after the context is up.
 */
final class ApplicationStop implements BooleanSupplier {

  private SparkContext context;

  @Override
  public boolean getAsBoolean() {
    if (context == null) {
      Option<SparkContext> active = SparkContext$.MODULE$.getActive();
      if (active.isEmpty()) {
        return false;
      }
      context = active.get();
    }
    return context.isStopped();
  }
}
