package io.breakwater.benchmarks;

import io.breakwater.iceberg.changes.ChangeFeedBar;
import io.breakwater.iceberg.compact.MergeWorkload;
import io.breakwater.iceberg.convert.ConvertBars;
import io.breakwater.iceberg.dv.PublishedComparison;
import io.breakwater.iceberg.plan.PlanningBars;
import io.breakwater.iceberg.plan.StorageBars;
import io.breakwater.lineage.BigPlanBars;
import io.breakwater.lineage.ListenerBars;
import io.breakwater.wal.hbase.WalBars;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The programs that measure more than one process or one call, each for the tables of a section.
 */
enum Macro {
  WAL(WalBars.class, Host.HBASE, 512, "the WAL on bookies beside HBase's on data nodes; [BAR...]"),
  LISTENER(ListenerBars.class, Host.SPARK, 512, "what lineage costs a job of many small writes"),
  PLANS(BigPlanBars.class, Host.SPARK, 512, "the heap that lineage holds when plans are big"),
  CONVERT(ConvertBars.class, Host.SPARK, 3072, "equality deletes to deletion vectors"),
  COMPARISON(PublishedComparison.class, Host.SPARK, 2048, "deletes of format version 2 and 3"),
  PLANNING(PlanningBars.class, Host.SPARK, 2048, "planning on 100,000 data files"),
  STORAGE(StorageBars.class, Host.SPARK, 2048, "storage before and after a repack"),
  CHANGES(ChangeFeedBar.class, Host.SPARK, 3072, "the change feed beside a join of two snapshots"),
  MERGES(MergeWorkload.class, Host.SPARK, 3072, "an hourly MERGE and three kinds of maintenance");

  /** What has to be on the class path, and opened. */
  enum Host {
    HBASE,
    SPARK
  }

  private final Class<?> program;
  private final Host host;
  private final int heapMebibytes;
  private final String subject;

  Macro(Class<?> program, Host host, int heapMebibytes, String subject) {
    this.program = program;
    this.host = host;
    this.heapMebibytes = heapMebibytes;
    this.subject = subject;
  }

  static Optional<Macro> named(String word) {
    return Arrays.stream(values()).filter(macro -> macro.word().equals(word)).findFirst();
  }

  /** What starts it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Host host() {
    return host;
  }

  String subject() {
    return subject;
  }

  Class<?> program() {
    return program;
  }

  List<String> heap() {
    return List.of("-Xmx" + heapMebibytes + "m");
  }
}
