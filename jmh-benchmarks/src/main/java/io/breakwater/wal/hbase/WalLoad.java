package io.breakwater.wal.hbase;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Timer;
import java.util.TimerTask;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.regionserver.wal.WALActionsListener;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;

/**
 * A region server's handlers without the rest of it: threads that append an edit to the WAL of one
 * of many regions and wait until it is durable, in a process of its own, with the {@code
 * hbase-site.xml} of its class path. Prints what it found as a line of JSON.
 *
 * <p>Arguments: threads, regions, bytes of a value, seconds of warm-up, seconds.
 */
public final class WalLoad {

  private static final byte[] FAMILY = Bytes.toBytes("f");
  private static final NavigableMap<byte[], Integer> NO_SCOPES =
      new TreeMap<>(Bytes.BYTES_COMPARATOR);

  /** What the line of the result begins with. */
  static final String RESULT = "result: ";

  /** Printed between warm-up and measurement. */
  static final String WARM = "warm";

  private final List<Region> regions = new ArrayList<>();
  private final Map<WAL, ExecutorService> rollers = new ConcurrentHashMap<>();
  private final int valueBytes;

  private record Region(RegionInfo info, WAL wal, MultiVersionConcurrencyControl mvcc) {}

  /** Latencies in microseconds. */
  private static final class Latencies {
    private int[] micros = new int[1 << 12];
    private int count;

    void add(long nanos) {
      if (count == micros.length) {
        micros = Arrays.copyOf(micros, 2 * count);
      }
      micros[count++] = (int) (nanos / 1_000);
    }
  }

  private WalLoad(int valueBytes) {
    this.valueBytes = valueBytes;
  }

  public static void main(String[] arguments) throws Exception {
    AtomicLong heapAtMost = watchHeap();
    int threads = Integer.parseInt(arguments[0]);
    WalLoad load = new WalLoad(Integer.parseInt(arguments[2]));
    Configuration conf = HBaseConfiguration.create();
    WALFactory factory = new WALFactory(conf, "localhost,16020," + System.currentTimeMillis());
    load.open(factory, Integer.parseInt(arguments[1]));
    long warmUp = load.run(threads, Integer.parseInt(arguments[3])).size();
    System.out.println(WARM);
    long processor = processorNanos();
    long start = System.nanoTime();
    Samples samples = load.run(threads, Integer.parseInt(arguments[4]));
    double seconds = (System.nanoTime() - start) / 1e9;
    processor = processorNanos() - processor;

    Map<String, Object> result = new TreeMap<>();
    result.put("threads", threads);
    result.put("wals", load.rollers.size());
    result.put("warmUpRecords", warmUp);
    result.put("records", samples.size());
    result.put("recordsPerSecond", samples.size() / seconds);
    result.put("averageMillis", samples.average() / 1e3);
    result.put("p50Millis", samples.percentile(50) / 1e3);
    result.put("p95Millis", samples.percentile(95) / 1e3);
    result.put("p99Millis", samples.percentile(99) / 1e3);
    result.put("longestMillis", samples.percentile(100) / 1e3);
    result.put("heapMebibytesAtMost", heapAtMost.get() >> 20);
    result.put("processorMicrosPerRecord", processor / 1e3 / samples.size());
    System.out.println(RESULT + new ObjectMapper().writeValueAsString(result));
    System.out.flush();
    // Sealing and archiving is not what is asked for here, and the storage goes away with this run.
    Runtime.getRuntime().halt(0);
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Looks at the heap ten times a second from now on; the result is the most it has held. */
  private static AtomicLong watchHeap() {
    AtomicLong most = new AtomicLong();
    Timer timer = new Timer("heap", true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            most.accumulateAndGet(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
          }
        },
        0,
        100);
    return most;
  }

  private void open(WALFactory factory, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      RegionInfo info = RegionInfoBuilder.newBuilder(TableName.valueOf("t" + i)).build();
      WAL wal = factory.getWAL(info);
      regions.add(new Region(info, wal, new MultiVersionConcurrencyControl()));
      if (!rollers.containsKey(wal)) {
        ExecutorService roller = Executors.newSingleThreadExecutor();
        rollers.put(wal, roller);
        wal.registerWALActionsListener(new RollsOnRequest(wal, roller));
      }
    }
  }

  /** As HBase's log roller does: a server that cannot roll its log ends. */
  private record RollsOnRequest(WAL wal, ExecutorService roller) implements WALActionsListener {
    @Override
    public void logRollRequested(RollRequestReason reason) {
      roller.execute(
          () -> {
            try {
              wal.rollWriter(true);
            } catch (IOException e) {
              e.printStackTrace();
              Runtime.getRuntime().halt(1);
            }
          });
    }
  }

  private Samples run(int threads, int seconds) throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    ExecutorService handlers = Executors.newFixedThreadPool(threads);
    List<Future<Latencies>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(handlers.submit(() -> writeUntil(end)));
    }
    List<Latencies> latencies = new ArrayList<>();
    for (Future<Latencies> handler : running) {
      latencies.add(handler.get());
    }
    handlers.shutdown();
    return new Samples(latencies);
  }

  private Latencies writeUntil(long end) throws IOException {
    Latencies latencies = new Latencies();
    byte[] value = new byte[valueBytes];
    for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      Region region = regions.get(random.nextInt(regions.size()));
      WALEdit edit = new WALEdit();
      edit.add(new KeyValue(Bytes.toBytes(random.nextLong()), FAMILY, FAMILY, value));
      WALKeyImpl key =
          new WALKeyImpl(
              region.info().getEncodedNameAsBytes(),
              region.info().getTable(),
              System.currentTimeMillis(),
              region.mvcc(),
              NO_SCOPES);
      long txid = region.wal().appendData(region.info(), key, edit);
      region.mvcc().complete(key.getWriteEntry());
      region.wal().sync(txid);
      latencies.add(System.nanoTime() - start);
    }
    return latencies;
  }

  /** All latencies of a run, in order of length. */
  private static final class Samples {
    private final int[] micros;

    Samples(List<Latencies> parts) {
      micros =
          parts.stream()
              .flatMapToInt(part -> Arrays.stream(part.micros, 0, part.count))
              .sorted()
              .toArray();
    }

    long size() {
      return micros.length;
    }

    double average() {
      return Arrays.stream(micros).average().orElseThrow();
    }

    int percentile(int percent) {
      return micros[(int) ((long) (micros.length - 1) * percent / 100)];
    }
  }
}
