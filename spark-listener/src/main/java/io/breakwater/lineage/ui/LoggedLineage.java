package io.breakwater.lineage.ui;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * A line of Spark's event log: {@code {"Event": "io.breakwater.lineage.ui.LoggedLineage",
 * "lineage": {...}}}, where {@code lineage} is what an OpenLineage event adds to those before it;
 * or, with {@code "omitted": n} instead, that so far {@code n} have no line, because the log has
 * had as many bytes of them as it may.
 *
 * <p>A Spark that has no such class passes the line by, with one warning.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public final class LoggedLineage implements SparkListenerEvent {

  private final String lineage;
  private final long omitted;

  private LoggedLineage(String lineage, long omitted) {
    this.lineage = lineage;
    this.omitted = omitted;
  }

  @JsonCreator
  static LoggedLineage of(
      @JsonProperty("lineage") JsonNode lineage, @JsonProperty("omitted") long omitted) {
    return new LoggedLineage(lineage == null ? null : lineage.toString(), omitted);
  }

  static LoggedLineage event(String json) {
    return new LoggedLineage(json, 0);
  }

  static LoggedLineage omitted(long omitted) {
    return new LoggedLineage(null, omitted);
  }

  /** The JSON of an event; null if this line tells how many are omitted. */
  @JsonRawValue
  @JsonProperty("lineage")
  public String lineage() {
    return lineage;
  }

  /** How many events have no line so far; 0 if this line is one. */
  @JsonProperty("omitted")
  public long omitted() {
    return omitted;
  }
}
