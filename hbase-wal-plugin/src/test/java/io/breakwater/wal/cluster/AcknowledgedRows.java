package io.breakwater.wal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.util.Bytes;

/**
 * Writes rows from concurrent clients, remembers what the cluster said about each, and later
 * compares the table with that memory cell by cell.
 *
 * <p>Every row has a key of its own, spread over the key space, and two cells with random values.
 * Keys and values follow from the seed and the row's number alone, whichever thread writes it.
 * Thread-safe.
 */
public final class AcknowledgedRows {

  /** What the client knows about a row after its put. */
  private enum Outcome {
    /** The put has not returned. */
    IN_FLIGHT,
    /** The put returned normally: the row must be there for ever. */
    ACKNOWLEDGED,
    /** The put failed in a way that leaves open whether the row was written. */
    UNKNOWN,
    /** The server said no, and that asking again is useless: the row must not be there. */
    REFUSED
  }

  private static final byte[] FAMILY = Bytes.toBytes("f");
  private static final byte[] FIRST = Bytes.toBytes("first");
  private static final byte[] SECOND = Bytes.toBytes("second");
  private static final int MAX_VALUE_BYTES = 200;

  private final TableName table;
  private final long seed;
  private final AtomicLong nextRow = new AtomicLong();
  private final Map<Long, Outcome> outcomes = new ConcurrentHashMap<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();

  public AcknowledgedRows(TableName table, long seed) {
    this.table = table;
    this.seed = seed;
  }

  public TableName table() {
    return table;
  }

  /** Creates the table with its key space cut into {@code regions} equal parts, at most 256. */
  public void createTable(Connection connection, int regions) {
    byte[][] splits = new byte[regions - 1][];
    for (int i = 1; i < regions; i++) {
      splits[i - 1] = Bytes.toBytes("%02x".formatted(256 * i / regions));
    }
    try (Admin admin = connection.getAdmin()) {
      var descriptor =
          TableDescriptorBuilder.newBuilder(table)
              .setColumnFamily(ColumnFamilyDescriptorBuilder.of(FAMILY))
              .build();
      if (splits.length == 0) {
        admin.createTable(descriptor);
      } else {
        admin.createTable(descriptor, splits);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create table " + table, e);
    }
  }

  /** Writes {@code rows} new rows from {@code threads} clients and waits for all outcomes. */
  public void write(Connection connection, int rows, int threads) {
    startWriting(connection, rows, threads).finish();
  }

  /**
   * Starts to write {@code rows} new rows, each by one synchronous put without batching, so that up
   * to {@code threads} puts are in flight at any time.
   */
  public Writing startWriting(Connection connection, long rows, int threads) {
    return new Writing(connection, rows, threads);
  }

  private void put(Table client, long row) {
    outcomes.put(row, Outcome.IN_FLIGHT);
    try {
      client.put(
          new Put(key(row))
              .addColumn(FAMILY, FIRST, value(row, FIRST))
              .addColumn(FAMILY, SECOND, value(row, SECOND)));
      outcomes.put(row, Outcome.ACKNOWLEDGED);
    } catch (IOException e) {
      outcomes.put(row, e instanceof DoNotRetryIOException ? Outcome.REFUSED : Outcome.UNKNOWN);
      failures.merge(e.getClass().getName(), 1, Integer::sum);
    }
  }

  /** Rows whose put returned normally. */
  public long acknowledged() {
    return count(Outcome.ACKNOWLEDGED);
  }

  /** Bytes of the keys and values of the rows whose put returned normally. */
  public long acknowledgedBytes() {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getValue() == Outcome.ACKNOWLEDGED)
        .mapToLong(
            entry ->
                key(entry.getKey()).length
                    + value(entry.getKey(), FIRST).length
                    + value(entry.getKey(), SECOND).length)
        .sum();
  }

  /** Rows whose put has not returned. */
  public long inFlight() {
    return count(Outcome.IN_FLIGHT);
  }

  /** Rows whose put failed, whether or not they were written. */
  public long failed() {
    return count(Outcome.UNKNOWN) + count(Outcome.REFUSED);
  }

  private long count(Outcome wanted) {
    return outcomes.values().stream().filter(wanted::equals).count();
  }

  /** Compares the table, as a full scan shows it, with what was acknowledged. */
  public Verification verify(Connection connection) {
    Map<Long, Outcome> absent = new HashMap<>(outcomes);
    List<String> different = new ArrayList<>();
    List<String> neverWritten = new ArrayList<>();
    long found = 0;
    try (Table client = connection.getTable(table);
        ResultScanner scanner = client.getScanner(new Scan().setCaching(1_000))) {
      for (Result result : scanner) {
        String key = Bytes.toStringBinary(result.getRow());
        long row = row(result.getRow());
        Outcome outcome = row < 0 ? null : absent.remove(row);
        if (outcome == null || outcome == Outcome.REFUSED) {
          neverWritten.add(key);
        } else if (!isAsSent(result, row)) {
          different.add(key);
        } else {
          found += outcome == Outcome.ACKNOWLEDGED ? 1 : 0;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read table " + table, e);
    }
    List<String> lost =
        absent.entrySet().stream()
            .filter(entry -> entry.getValue() == Outcome.ACKNOWLEDGED)
            .map(entry -> Bytes.toString(key(entry.getKey())))
            .sorted()
            .toList();
    return new Verification(
        seed, acknowledged(), found, failed(), lost, different, neverWritten, Map.copyOf(failures));
  }

  private boolean isAsSent(Result result, long row) {
    Cell[] cells = result.rawCells();
    return cells.length == 2 && isCell(cells[0], row, FIRST) && isCell(cells[1], row, SECOND);
  }

  private boolean isCell(Cell cell, long row, byte[] qualifier) {
    return CellUtil.matchingColumn(cell, FAMILY, qualifier)
        && CellUtil.matchingValue(cell, value(row, qualifier));
  }

  /** Four random hexadecimal digits, to spread the rows, and the row's number. */
  private byte[] key(long row) {
    int spread = new SplittableRandom(seed * 31 + row).nextInt(1 << 16);
    return Bytes.toBytes("%04x-%012d".formatted(spread, row));
  }

  /** The number of the row with this key, or -1 if no row has it. */
  private long row(byte[] key) {
    String text = Bytes.toString(key);
    if (!text.matches("[0-9a-f]{4}-[0-9]{12}")) {
      return -1;
    }
    long row = Long.parseLong(text.substring(5));
    return Bytes.equals(key, key(row)) ? row : -1;
  }

  private byte[] value(long row, byte[] qualifier) {
    SplittableRandom random =
        new SplittableRandom((seed * 31 + row) * 31 + Bytes.hashCode(qualifier));
    byte[] value = new byte[random.nextInt(MAX_VALUE_BYTES + 1)];
    random.nextBytes(value);
    return value;
  }

  /** Client threads at work. */
  public final class Writing {

    private final List<Future<?>> clients = new ArrayList<>();
    private final AtomicLong remaining;
    private final ExecutorService executor;

    private Writing(Connection connection, long rows, int threads) {
      this.remaining = new AtomicLong(rows);
      this.executor = Executors.newFixedThreadPool(threads);
      for (int i = 0; i < threads; i++) {
        clients.add(executor.submit(() -> run(connection)));
      }
      executor.shutdown();
    }

    private void run(Connection connection) {
      try (Table client = connection.getTable(table)) {
        while (remaining.getAndDecrement() > 0) {
          put(client, nextRow.getAndIncrement());
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot use table " + table, e);
      }
    }

    /** Begins no further put and waits for the outcome of those in flight. */
    public void complete() {
      remaining.set(0);
      finish();
    }

    /** Begins no further put and gives up those in flight, whose outcome stays unknown. */
    public void abandon() {
      remaining.set(0);
      executor.shutdownNow();
      finish();
    }

    /** Waits until every row has its outcome. */
    public void finish() {
      try {
        for (Future<?> client : clients) {
          client.get();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("A client of " + table + " broke down", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while writing to " + table, e);
      }
    }
  }

  /**
   * The table beside what was acknowledged.
   *
   * @param acknowledged rows whose put returned normally
   * @param found acknowledged rows that are there exactly as sent
   * @param failed rows whose put failed; present or absent, both are right
   * @param lost keys of acknowledged rows that are absent
   * @param different keys of rows whose cells are not what was sent
   * @param neverWritten keys of rows that no client sent or that the server refused
   * @param failures how many puts failed with each exception
   */
  public record Verification(
      long seed,
      long acknowledged,
      long found,
      long failed,
      List<String> lost,
      List<String> different,
      List<String> neverWritten,
      Map<String, Integer> failures) {

    private static final int EXAMPLES = 10;

    public boolean isExact() {
      return found == acknowledged
          && lost.isEmpty()
          && different.isEmpty()
          && neverWritten.isEmpty();
    }

    /**
     * Fails a test whose rows are not all there.
     *
     * @throws AssertionError with the seed and examples of what is wrong, unless {@link #isExact}
     */
    public void assertExact() {
      if (!isExact()) {
        throw new AssertionError(toString());
      }
    }

    @Override
    public String toString() {
      return "%d of %d acknowledged rows found, %d failed %s; lost %s, different %s, never written %s; seed %d"
          .formatted(
              found,
              acknowledged,
              failed,
              failures,
              examples(lost),
              examples(different),
              examples(neverWritten),
              seed);
    }

    private static String examples(List<String> keys) {
      return keys.size() + " " + keys.subList(0, Math.min(EXAMPLES, keys.size()));
    }
  }
}
