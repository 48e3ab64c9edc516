package io.breakwater.lineage.deliver;

import java.time.Duration;

/**
 * How a sender behaves.
 *
 * @param minBackoff the wait after a first failure, doubled with each further one
 * @param maxBackoff the longest wait
 * @param adoptOrphans whether it also sends what drivers that are gone have left
 */
public record DeliveryOptions(Duration minBackoff, Duration maxBackoff, boolean adoptOrphans) {

  /** 200 ms, 30 s, yes. */
  public static DeliveryOptions defaults() {
    return new DeliveryOptions(Duration.ofMillis(200), Duration.ofSeconds(30), true);
  }
}
