package io.breakwater.wal.log;

/**
 * What is measured of the logs of a process: names, units and meanings. The table in {@code docs/}
 * is made of them.
 */
public enum LogMetric {
  OPEN_LOGS(
      "openLogs",
      Kind.GAUGE,
      "logs",
      "Logs that this process writes to: one for each group of regions, one for hbase:meta, one"
          + " for the master's local store."),
  OWNER_EPOCH(
      "ownerEpoch",
      Kind.GAUGE,
      "number",
      "Epoch of this cluster's ownership of the workspace. It grows when another cluster takes"
          + " over."),
  PENDING_BYTES(
      "pendingBytes",
      Kind.GAUGE,
      "bytes",
      "Bytes handed over and not yet durable, of all logs. The bound for one log is"
          + " `breakwater.wal.<engine>.max-pending-bytes`."),
  PENDING_APPENDS(
      "pendingAppends", Kind.GAUGE, "appends", "Appends handed over and not yet durable."),
  APPENDED_BYTES("appendedBytes", Kind.COUNTER, "bytes", "Bytes that became durable."),
  APPENDS(
      "appends",
      Kind.COUNTER,
      "appends",
      "Appends that became durable. An append is what HBase syncs at once: one or many records."),
  APPENDED_RECORDS(
      "appendedRecords",
      Kind.COUNTER,
      "records",
      "Records that became durable: HBase's WAL entries, one for each mutation of a region."),
  READ_BYTES(
      "readBytes", Kind.COUNTER, "bytes", "Bytes read: by replication, splitting and tools."),
  HAND_OVER_TIME(
      "handOverTime",
      Kind.HISTOGRAM,
      "microseconds",
      "How long an append held up its caller. More than a moment means that it was held back"
          + " because too many bytes were pending."),
  SYNC_TIME(
      "syncTime",
      Kind.HISTOGRAM,
      "microseconds",
      "From the call of an append until its bytes are durable."),
  GROUP_APPENDS(
      "groupAppends",
      Kind.HISTOGRAM,
      "appends",
      "Appends that were written together (group commit)."),
  WRITES_UNDER_WAY(
      "writesUnderWay",
      Kind.HISTOGRAM,
      "writes",
      "Writes of a log that were under way when one was sent, with it. At"
          + " `breakwater.wal.bookkeeper.window` further appends wait and are grouped."),
  LEDGER_ROLLS(
      "ledgerRolls",
      Kind.COUNTER,
      "ledgers",
      "Ledgers that a log left for a fresh one because of their age or size, or for better"
          + " bookies."),
  LEDGER_FAILURES(
      "ledgerFailures",
      Kind.COUNTER,
      "ledgers",
      "Ledgers that were given up after a failed or hanging write."),
  RETRIED_WRITES(
      "retriedWrites",
      Kind.COUNTER,
      "writes",
      "Writes that may have to be made again in another ledger after that."),
  RECOVERIES(
      "recoveries",
      Kind.COUNTER,
      "logs",
      "Logs that this process fenced and sealed: those of lost servers, of the owner before a"
          + " takeover, and its own after a failed append. A log counts once, whoever asks how"
          + " often."),
  RECOVERY_TIME("recoveryTime", Kind.HISTOGRAM, "microseconds", "How long that took."),
  FENCED_LOGS(
      "fencedLogs",
      Kind.COUNTER,
      "logs",
      "Logs of this process that refused an append because another process recovered or deleted"
          + " them, or because the workspace has another owner: this server counts as dead."),
  FENCED_APPENDS("fencedAppends", Kind.COUNTER, "appends", "Appends that were refused for that."),
  REFUSED_LOGS(
      "refusedLogs",
      Kind.COUNTER,
      "logs",
      "New WALs that were refused because the server's directory was taken over or the workspace"
          + " has another owner."),
  FAILED_APPENDS(
      "failedAppends", Kind.COUNTER, "appends", "Appends that failed for another reason.");

  /** How a metric behaves. */
  public enum Kind {
    /** Goes up and down. */
    GAUGE,
    /** Only grows while the process lives. */
    COUNTER,
    /** A count, minimum, maximum, mean and percentiles of what came since the last look. */
    HISTOGRAM
  }

  private final String id;
  private final Kind kind;
  private final String unit;
  private final String meaning;

  LogMetric(String id, Kind kind, String unit, String meaning) {
    this.id = id;
    this.kind = kind;
    this.unit = unit;
    this.meaning = meaning;
  }

  /** Its name for monitoring. */
  public String id() {
    return id;
  }

  public Kind kind() {
    return kind;
  }

  public String unit() {
    return unit;
  }

  /** For people, in Markdown. */
  public String meaning() {
    return meaning;
  }
}
