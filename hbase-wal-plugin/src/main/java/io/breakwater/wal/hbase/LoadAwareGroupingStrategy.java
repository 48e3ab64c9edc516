package io.breakwater.wal.hbase;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.RegionGroupingProvider.RegionGroupingStrategy;

/**
 * Puts a region, when it is first seen, into the group that is written to least, and leaves it
 * there for as long as this server runs. Switched on by
 *
 * <pre>hbase.wal.regiongrouping.strategy = io.breakwater.wal.hbase.LoadAwareGroupingStrategy</pre>
 *
 * with as many groups as {@code hbase.wal.regiongrouping.numgroups} says. What a group is written
 * is a decaying average of its bytes per second (half-life {@value #HALF_LIFE_SECONDS} s); a region
 * that came within that time and has not shown its load yet counts as an average one. Without load,
 * as when a server starts, regions are spread evenly. Remembers every region that it has seen,
 * about 150 bytes each. Safe for use by many threads; a region that was seen before takes no lock.
 */
public final class LoadAwareGroupingStrategy implements RegionGroupingStrategy {

  static final int HALF_LIFE_SECONDS = 60;

  private static final int DEFAULT_GROUPS = 2;

  private final LongSupplier nanoTime;
  private final Map<String, String> placed = new ConcurrentHashMap<>();
  private Group[] groups = new Group[0];

  /** One group as it is seen from here. */
  private static final class Group {
    private final String name;
    private long bytes;
    private double rate;
    private int regions;

    /** Regions that have not shown their load, each counting less as time goes by. */
    private double unknown;

    Group(String name) {
      this.name = name;
    }

    void observe(double seconds) {
      if (seconds <= 0) {
        return;
      }
      long now = GroupLoads.of(name).sum();
      double kept = Math.pow(0.5, seconds / HALF_LIFE_SECONDS);
      rate = kept * rate + (1 - kept) * (now - bytes) / seconds;
      unknown *= kept;
      bytes = now;
    }
  }

  private long observed;

  /** For HBase, which makes it by reflection. */
  public LoadAwareGroupingStrategy() {
    this(System::nanoTime);
  }

  LoadAwareGroupingStrategy(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Prepares the groups.
   *
   * @throws IllegalArgumentException if the number of groups is not from 1 to 1000
   */
  @Override
  public void init(Configuration conf, String providerId) {
    int count = conf.getInt("hbase.wal.regiongrouping.numgroups", DEFAULT_GROUPS);
    if (count < 1 || count > 1000) {
      throw new IllegalArgumentException(
          "Invalid hbase.wal.regiongrouping.numgroups: " + count + ", must be from 1 to 1000");
    }
    groups = new Group[count];
    for (int i = 0; i < count; i++) {
      groups[i] = new Group(providerId + GROUP_NAME_DELIMITER + "regiongroup-" + i);
    }
    observed = nanoTime.getAsLong();
  }

  @Override
  public String group(byte[] region, byte[] namespace) {
    String name = Bytes.toString(region);
    String known = placed.get(name);
    return known == null ? placed.computeIfAbsent(name, this::place) : known;
  }

  private synchronized String place(String region) {
    long now = nanoTime.getAsLong();
    double seconds = (now - observed) / (double) TimeUnit.SECONDS.toNanos(1);
    observed = now;
    double total = 0;
    double known = 0;
    for (Group group : groups) {
      group.observe(seconds);
      total += group.rate;
      known += group.regions - group.unknown;
    }
    // Never 0, so that regions without load are spread, too.
    double average = Math.max(1, total / Math.max(1, known));
    Group least = groups[0];
    for (Group group : groups) {
      double difference =
          group.rate + group.unknown * average - (least.rate + least.unknown * average);
      if (difference < 0 || (difference == 0 && group.regions < least.regions)) {
        least = group;
      }
    }
    least.regions++;
    least.unknown++;
    return least.name;
  }
}
