package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.BoundedGroupingStrategy;
import org.apache.hadoop.hbase.wal.RegionGroupingProvider.RegionGroupingStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadAwareGroupingStrategyTest {

  private static final AtomicLong SERVERS = new AtomicLong();

  private final AtomicLong nanos = new AtomicLong();
  private final String server = "server-" + SERVERS.incrementAndGet();
  private final LoadAwareGroupingStrategy strategy = new LoadAwareGroupingStrategy(nanos::get);

  private void init(int groups) {
    strategy.init(conf(groups), server);
  }

  private static Configuration conf(int groups) {
    Configuration conf = new Configuration(false);
    conf.setInt("hbase.wal.regiongrouping.numgroups", groups);
    return conf;
  }

  private static String group(RegionGroupingStrategy strategy, String region) {
    return strategy.group(Bytes.toBytes(region), Bytes.toBytes("default"));
  }

  private void pass(int seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void regionsWithoutLoad_areSpreadEvenly() {
    init(4);
    Map<String, Long> regions =
        IntStream.range(0, 40)
            .mapToObj(i -> group(strategy, "r" + i))
            .collect(Collectors.groupingBy(g -> g, Collectors.counting()));
    assertThat(regions).hasSize(4).allSatisfy((name, count) -> assertThat(count).isEqualTo(10));
    assertThat(regions).containsKey(server + ".regiongroup-0");
  }

  @Test
  void region_staysInItsGroup_whateverTheLoad() {
    init(2);
    String first = group(strategy, "r");
    GroupLoads.of(first).add(1L << 40);
    pass(60);
    assertThat(group(strategy, "r")).isEqualTo(first);
  }

  @Test
  void newRegion_goesWhereLeastIsWritten() {
    init(2);
    String busy = group(strategy, "busy");
    String idle = group(strategy, "idle");
    assertThat(idle).isNotEqualTo(busy);
    for (int i = 0; i < 5; i++) {
      GroupLoads.of(busy).add(600_000_000);
      GroupLoads.of(idle).add(6_000);
      pass(120);
      assertThat(group(strategy, "new-" + i)).isEqualTo(idle);
    }
  }

  @Test
  void regionsThatComeAtOnce_areNotAllPutIntoTheOneGroupThatWasIdle() {
    init(2);
    String busy = group(strategy, "busy");
    String idle = group(strategy, "idle");
    GroupLoads.of(busy).add(1_000_000);
    pass(60);
    List<String> groups =
        IntStream.range(0, 20).mapToObj(i -> group(strategy, "new-" + i)).toList();
    assertThat(groups).contains(busy, idle);
  }

  @Test
  void groupThatHasCalmedDown_isChosenAgain() {
    init(2);
    String wasBusy = group(strategy, "r1");
    String other = group(strategy, "r2");
    GroupLoads.of(wasBusy).add(1_000_000_000);
    pass(60);
    for (int i = 0; i < 30; i++) {
      GroupLoads.of(other).add(1_000_000);
      pass(60);
      group(strategy, "tick");
    }
    GroupLoads.of(other).add(1_000_000);
    pass(60);
    assertThat(group(strategy, "new")).isEqualTo(wasBusy);
  }

  /**
   * 200 regions whose loads follow Zipf's law open one after another on a server under load, in
   * another order each time. Which region comes next nobody knows, so not every order is better.
   */
  @Test
  void onSkewedLoad_theFullestGroupIsLessFullThanOfBounded() {
    int orders = 100;
    double ours = 0;
    double theirs = 0;
    for (int order = 0; order < orders; order++) {
      LoadAwareGroupingStrategy aware = new LoadAwareGroupingStrategy(nanos::get);
      aware.init(conf(4), server + "-" + order);
      BoundedGroupingStrategy bounded = new BoundedGroupingStrategy();
      bounded.init(conf(4), server + "-bounded-" + order);
      List<Double> loads = new ArrayList<>();
      for (int i = 1; i <= 200; i++) {
        loads.add(10_000_000.0 / i);
      }
      Collections.shuffle(loads, new Random(order));
      ours += fullest(aware, loads) / orders;
      theirs += fullest(bounded, loads) / orders;
    }
    System.out.printf("fullest group over mean: %.3f, bounded %.3f%n", ours, theirs);
    assertThat(ours).isLessThan(0.9 * theirs);
  }

  /** The load of the fullest group over the mean of all. */
  private double fullest(RegionGroupingStrategy grouping, List<Double> loads) {
    Map<String, Double> groups = new HashMap<>();
    for (int i = 0; i < loads.size(); i++) {
      groups.merge(group(grouping, "region-" + i), loads.get(i), Double::sum);
      groups.forEach((name, load) -> GroupLoads.of(name).add((long) (load * 60)));
      pass(60);
    }
    double total = groups.values().stream().mapToDouble(load -> load).sum();
    return Collections.max(groups.values()) / (total / 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1001})
  void numberOfGroups_outOfItsBounds_isRefused(int groups) {
    assertThatThrownBy(() -> init(groups))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Invalid hbase.wal.regiongrouping.numgroups: " + groups + ", must be from 1 to 1000");
  }
}
