package io.breakwater.lineage.streaming;

import io.breakwater.lineage.facets.CustomFacet;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;
import org.apache.spark.sql.streaming.SourceProgress;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/** The run facets of streaming queries and of their micro-batches. */
final class StreamFacets {

  static final CustomFacet QUERY =
      new CustomFacet("breakwater_streamingQuery", "StreamingQueryRunFacet", "1-0-0");
  static final CustomFacet BATCH =
      new CustomFacet("breakwater_streamingBatch", "StreamingBatchRunFacet", "1-0-0");

  private static final int MAX_OFFSET = 2_000;

  private StreamFacets() {}

  /** What is said of a query in all its events. */
  static ObjectNode query(UUID id, UUID runId, String name, StreamFacts facts) {
    ObjectNode facet = QUERY.node();
    facet.put("queryId", id.toString());
    facet.put("queryRunId", runId.toString());
    putText(facet, "name", name);
    putText(facet, "checkpoint", facts.checkpoint());
    putText(facet, "outputMode", facts.outputMode());
    putText(facet, "trigger", facts.trigger());
    putText(facet, "sink", facts.sink());
    return facet;
  }

  /** What is said of a micro-batch in all its events. */
  static ObjectNode batch(UUID queryId, UUID runId, long batchId) {
    ObjectNode facet = BATCH.node();
    facet.put("queryId", queryId.toString());
    facet.put("queryRunId", runId.toString());
    facet.put("batchId", batchId);
    return facet;
  }

  /** Adds what Spark reports when a micro-batch is over. */
  static void addProgress(ObjectNode facet, StreamingQueryProgress progress) {
    facet.put("inputRows", progress.numInputRows());
    if (progress.sink().numOutputRows() >= 0) {
      facet.put("outputRows", progress.sink().numOutputRows());
    }
    Long millis = progress.durationMs().get("triggerExecution");
    if (millis != null) {
      facet.put("durationMs", millis);
    }
    facet.set("sources", sources(progress, facet.arrayNode()));
  }

  static ArrayNode sources(StreamingQueryProgress progress, ArrayNode nodes) {
    for (SourceProgress source : progress.sources()) {
      ObjectNode node = nodes.addObject();
      // Without the identity of the object, which is new in every run.
      node.put("description", cut(source.description().replaceFirst("@[0-9a-f]+$", "")));
      putText(node, "startOffset", source.startOffset());
      putText(node, "endOffset", source.endOffset());
      node.put("inputRows", source.numInputRows());
    }
    return nodes;
  }

  private static void putText(ObjectNode node, String name, String text) {
    if (text != null && !text.isEmpty()) {
      node.put(name, cut(text));
    }
  }

  private static String cut(String text) {
    return text.length() <= MAX_OFFSET ? text : text.substring(0, MAX_OFFSET) + "...";
  }
}
