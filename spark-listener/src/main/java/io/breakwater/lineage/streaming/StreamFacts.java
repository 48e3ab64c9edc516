package io.breakwater.lineage.streaming;

import java.util.concurrent.CompletableFuture;

/**
 * What is known of a streaming query when it starts.
 *
 * @param checkpoint where it keeps its progress; empty if the query was over first
 * @param outputMode append, update or complete; empty if the query was over first
 * @param trigger when it runs its micro-batches; empty if the query was over first
 * @param sink what it writes to, for people; empty if the query was over first
 * @param datasets there within the timeout of reads
 */
record StreamFacts(
    String checkpoint,
    String outputMode,
    String trigger,
    String sink,
    CompletableFuture<StreamDatasets> datasets) {

  static StreamFacts unknown() {
    return new StreamFacts("", "", "", "", CompletableFuture.completedFuture(StreamDatasets.NONE));
  }
}
