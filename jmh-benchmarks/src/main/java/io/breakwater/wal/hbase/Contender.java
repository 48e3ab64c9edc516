package io.breakwater.wal.hbase;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One way to configure a region server's write-ahead log.
 *
 * @param name what the tables call it
 * @param ours whether the logs are on bookies, else on HDFS
 * @param keys of {@code hbase-site.xml}, besides those of the storage
 */
record Contender(String name, boolean ours, Map<String, String> keys) {

  static final Contender BREAKWATER = new Contender("Breakwater", true, Map.of());

  /** HBase's default provider. */
  static final Contender ASYNC = new Contender("AsyncFSWAL, hflush", false, Map.of());

  static final Contender ASYNC_FSYNC = ASYNC.with("AsyncFSWAL, fsync", "hbase.wal.hsync", "true");

  static final Contender FSHLOG = ASYNC.with("FSHLog, hflush", "hbase.wal.provider", "filesystem");

  static final Contender FSHLOG_FSYNC = FSHLOG.with("FSHLog, fsync", "hbase.wal.hsync", "true");

  Contender with(String newName, String key, String value) {
    Map<String, String> more = new HashMap<>(keys);
    more.put(key, value);
    return new Contender(newName, ours, Map.copyOf(more));
  }

  /** The same with {@code count} WALs, over which HBase's own grouping spreads the regions. */
  Contender grouped(int count) {
    Contender grouped = with(name + ", " + count + " WALs", "hbase.wal.provider", "multiwal");
    String provider =
        ours
            ? "io.breakwater.wal.BreakwaterWALProvider"
            : keys.getOrDefault("hbase.wal.provider", "asyncfs");
    return grouped
        .with(grouped.name, "hbase.wal.regiongrouping.delegate.provider", provider)
        .with(grouped.name, "hbase.wal.regiongrouping.numgroups", Integer.toString(count));
  }

  /** Starts the servers of its storage, {@code roundTripMicros} away from the region server. */
  Storage startStorage(Path directory, long roundTripMicros)
      throws IOException, InterruptedException {
    return ours
        ? Bookies.start(directory, roundTripMicros)
        : DataNodes.start(directory, roundTripMicros);
  }

  /** All keys of {@code hbase-site.xml}. */
  Map<String, String> site(Storage storage, Path directory) {
    Map<String, String> site = new LinkedHashMap<>();
    site.put("hbase.rootdir", directory.resolve("root").toUri().toString());
    site.put("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    site.putAll(storage.configuration());
    site.putAll(keys);
    return site;
  }
}
