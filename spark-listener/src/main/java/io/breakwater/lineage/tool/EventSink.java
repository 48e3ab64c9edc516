package io.breakwater.lineage.tool;

import com.fasterxml.jackson.databind.JsonNode;

/** Takes what an {@link EventInput} reads. */
interface EventSink {

  /** A JSON value that should be an event. */
  void event(JsonNode event);

  /** Something that cannot be read; {@code problem} is a sentence that tells where and why. */
  void unreadable(String problem);
}
