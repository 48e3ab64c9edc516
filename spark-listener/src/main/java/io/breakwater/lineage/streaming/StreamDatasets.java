package io.breakwater.lineage.streaming;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a streaming query reads and writes, as datasets without input and output facets.
 *
 * @param inputs its sources, and what it joins them with
 * @param outputs its sink; none if that is code, the console or memory
 */
record StreamDatasets(List<ObjectNode> inputs, List<ObjectNode> outputs) {

  static final StreamDatasets NONE = new StreamDatasets(List.of(), List.of());
}
