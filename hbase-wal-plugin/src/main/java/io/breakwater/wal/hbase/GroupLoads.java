package io.breakwater.wal.hbase;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hadoop.hbase.regionserver.wal.WALActionsListener;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALKey;

/**
 * Bytes appended to each group of regions in this process, by the name of the group, which begins
 * with that of the server. Safe for use by many threads.
 */
public final class GroupLoads {

  private static final Map<String, LongAdder> BYTES = new ConcurrentHashMap<>();

  private GroupLoads() {}

  static LongAdder of(String group) {
    return BYTES.computeIfAbsent(group, name -> new LongAdder());
  }

  /** Counts what is appended to a WAL for {@code group}. */
  public static WALActionsListener counter(String group) {
    LongAdder bytes = of(group);
    return new WALActionsListener() {
      @Override
      public void postAppend(long length, long millis, WALKey key, WALEdit edit) {
        bytes.add(length);
      }
    };
  }
}
