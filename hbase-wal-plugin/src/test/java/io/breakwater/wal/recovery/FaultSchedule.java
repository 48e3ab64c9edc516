package io.breakwater.wal.recovery;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.apache.hadoop.hbase.client.Connection;

/**
 * How much of each fault is inflicted: a shortened version by default, all of it with {@code
 * -Pfaults}; and what came of it, a row per fault in {@code target/faults.md}.
 */
final class FaultSchedule {

  private static final boolean FULL = Boolean.getBoolean("breakwater.faults.full");
  private static final Path REPORT = Path.of("faults.md");
  private static final String HEADING =
      """
      | Fault | Acknowledged | Found as written | Puts failed | Lost | Different | Never sent or refused | Took |
      |---|---|---|---|---|---|---|---|
      """;

  private final long begun = System.nanoTime();
  private final AcknowledgedRows rows;

  FaultSchedule(AcknowledgedRows rows) {
    this.rows = rows;
  }

  static boolean isFull() {
    return FULL;
  }

  static int scaled(int shortened, int full) {
    return FULL ? full : shortened;
  }

  /**
   * Compares the table with what was acknowledged, after {@code fault}, and notes it.
   *
   * @throws AssertionError unless every acknowledged row is there and nothing else
   */
  void verify(String fault, Connection connection) {
    Verification found = rows.verify(connection);
    note(fault, found);
    found.assertExact();
  }

  private synchronized void note(String fault, Verification found) {
    try {
      if (Files.notExists(REPORT)) {
        Files.writeString(REPORT, HEADING);
      }
      Files.writeString(
          REPORT,
          "| %s | %,d | %,d | %,d | %d | %d | %d | %d s |\n"
              .formatted(
                  fault,
                  found.acknowledged(),
                  found.found(),
                  found.failed(),
                  found.lost().size(),
                  found.different().size(),
                  found.neverWritten().size(),
                  Duration.ofNanos(System.nanoTime() - begun).toSeconds()),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + REPORT, e);
    }
  }
}
