package io.breakwater.lineage.events;

import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last event of each open run, to end the run with if OpenLineage does not. They are kept as
 * JSON of so many bytes together: beyond that the eldest are reduced to their share each, as events
 * that are too large are. Used by one thread.
 */
final class LastEvents {

  private final long maxBytes;
  private final long share;
  private final SizeBound shareBound;
  private final Map<String, byte[]> events = new HashMap<>();

  /** Runs whose event may be larger than its share, the eldest event first. */
  private final Map<String, Boolean> large = new LinkedHashMap<>();

  private long bytes;

  /**
   * Nothing yet.
   *
   * @param maxBytes of all events together
   * @param runs how many there may be
   */
  LastEvents(long maxBytes, int runs) {
    this.maxBytes = maxBytes;
    this.share = maxBytes / runs;
    this.shareBound = new SizeBound(share);
  }

  /** Keeps {@code event} in place of the run's last one, as it is now. */
  void put(String runId, ObjectNode event) {
    remove(runId);
    add(runId, bytes(event));
    while (bytes > maxBytes && !large.isEmpty()) {
      reduce(large.keySet().iterator().next());
    }
  }

  private void add(String runId, byte[] event) {
    events.put(runId, event);
    bytes += event.length;
    if (event.length > share) {
      large.put(runId, true);
    }
  }

  private void reduce(String runId) {
    byte[] event = events.get(runId);
    ObjectNode tree = tree(event);
    remove(runId);
    try {
      shareBound.reduce(tree, event.length);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot reduce an event of a run", e);
    }
    add(runId, bytes(tree));
    // The names of its datasets may take more than its share.
    large.remove(runId);
  }

  /** The event of a run that has one. */
  ObjectNode get(String runId) {
    return tree(events.get(runId));
  }

  void remove(String runId) {
    byte[] event = events.remove(runId);
    bytes -= event == null ? 0 : event.length;
    large.remove(runId);
  }

  /** Whether reducing was not enough. */
  boolean isOverfull() {
    return bytes > maxBytes;
  }

  private static byte[] bytes(ObjectNode event) {
    try {
      return EventJson.bytes(event);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot keep an event of a run", e);
    }
  }

  private static ObjectNode tree(byte[] event) {
    try {
      return EventJson.tree(event);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read an event of a run", e);
    }
  }
}
