package io.breakwater.wal.hbase;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.wal.BoundedGroupingStrategy;
import org.apache.hadoop.hbase.wal.RegionGroupingProvider.RegionGroupingStrategy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take to find the group of a region that was seen before, of 1,000 regions in two
 * groups? The rival is HBase's {@code bounded} strategy. The floor is a look-up in a map by the
 * name.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class GroupingBenchmark {
  private static final int REGIONS = 1_000;

  /** Ours, HBase's, and a map. */
  public enum Contender {
    BREAKWATER,
    BOUNDED,
    FLOOR
  }

  @Param public Contender contender;

  private final byte[][] regions = new byte[REGIONS][];
  private final Map<String, String> map = new ConcurrentHashMap<>();
  private RegionGroupingStrategy strategy;

  /** Which region comes next. */
  @State(Scope.Thread)
  public static class Next {
    private int region;
  }

  @Setup
  public void place() {
    strategy =
        contender == Contender.BREAKWATER
            ? new LoadAwareGroupingStrategy()
            : new BoundedGroupingStrategy();
    strategy.init(new Configuration(false), "benchmark");
    for (int i = 0; i < REGIONS; i++) {
      regions[i] = "%032x".formatted(i * 0x9E3779B97F4A7C15L).getBytes(UTF_8);
      map.put(new String(regions[i], UTF_8), strategy.group(regions[i], null));
    }
  }

  @Benchmark
  @Threads(1)
  public String oneThread(Next next) {
    return group(next);
  }

  @Benchmark
  @Threads(16)
  public String sixteenThreads(Next next) {
    return group(next);
  }

  private String group(Next next) {
    next.region = (next.region + 1) % REGIONS;
    byte[] region = regions[next.region];
    return contender == Contender.FLOOR
        ? map.get(new String(region, UTF_8))
        : strategy.group(region, null);
  }
}
